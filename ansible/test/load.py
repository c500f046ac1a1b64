"""Uses the guestbook as people would while something happens to the machines, and counts what went wrong.

load.py HOST FILE: until FILE appears, for 300 s at most. Readers with a new connection for each request (a refused one
shows), readers that keep theirs, and a writer; at the end every entry that was answered with 201 must be there.
Prints one line of JSON; exit code 1 where a request failed, an entry is missing, or hardly anything was asked.
"""

import http.client
import json
import os
import sys
import threading
import time

host, end = sys.argv[1], sys.argv[2]
deadline = time.monotonic() + 300
lock = threading.Lock()
answered = {"fresh": 0, "kept": 0, "written": 0}
failures, acknowledged, slowest = [], [], 0.0


def over():
    return os.path.exists(end) or time.monotonic() > deadline


def ask(connection, method, path, body=None):
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def use(kind, pause, method, path, wanted, keep, body_of=None):
    global slowest
    connection, number = None, 0
    while not over():
        number += 1
        body = body_of(number) if body_of else None
        start = time.monotonic()
        try:
            if connection is None:
                connection = http.client.HTTPConnection(host, timeout=70)
            status, _ = ask(connection, method, path, body)
            problem = None if status == wanted else f"answered {status}"
        except (OSError, http.client.HTTPException) as e:
            problem, connection = repr(e), None
        if connection is not None and not keep:
            connection.close()
            connection = None
        with lock:
            slowest = max(slowest, time.monotonic() - start)
            if problem:
                failures.append(f"{time.strftime('%H:%M:%S')} {kind} {method} {path}: {problem}")
            else:
                answered[kind] += 1
                if body:
                    acknowledged.append(json.loads(body)["text"])
        time.sleep(pause)


def entry(number):
    return json.dumps({"author": "load", "text": f"entry {number} of {os.getpid()}"})


people = [threading.Thread(target=use, args=("fresh", 0.03, "GET", "/health", 200, False)) for _ in range(2)]
people += [threading.Thread(target=use, args=("kept", 0.03, "GET", "/health", 200, True)) for _ in range(2)]
people.append(threading.Thread(target=use, args=("written", 0.3, "POST", "/entries", 201, True, entry)))
for person in people:
    person.start()
for person in people:
    person.join()

status, body = ask(http.client.HTTPConnection(host, timeout=30), "GET", "/entries?limit=1000")
there = {e["text"] for e in json.loads(body)["entries"]} if status == 200 else set()
lost = [text for text in acknowledged if text not in there]
print(json.dumps({**answered, "failed": len(failures), "lost": len(lost), "slowest_s": round(slowest, 2)}))
for line in failures[:10] + lost[:10]:
    print(line, file=sys.stderr)
sys.exit(1 if failures or lost or min(answered.values()) < 10 else 0)
