"""What the monitor on this server says of its memory, or of what is below that: memory.py [/trace]."""
import sys
import urllib.request


def ask(below=""):
    with open("/etc/migration-monkey/token") as token:
        request = urllib.request.Request("http://127.0.0.1:8082/api/memory" + below,
                                         headers={"Authorization": "Bearer " + token.read().strip()})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


if __name__ == "__main__":
    print(ask(*sys.argv[1:]))
