"""Takes memory until a share of this server's limit is used by what can't be reclaimed, and keeps it: hold.py SHARE SECONDS."""
import json
import sys
import time

from memory import ask

share, until, kept = float(sys.argv[1]), time.monotonic() + float(sys.argv[2]), []


def used():
    return json.loads(ask())["current"]


while time.monotonic() < until:
    try:
        now = used()
    except (OSError, ValueError):
        time.sleep(1)  # the monitor is disturbed on purpose
        continue
    missing = int(share * now["totalBytes"]) - now["usedBytes"]
    if missing > 1 << 20:
        kept.append(bytearray(b"x" * min(missing, 64 << 20)))
    time.sleep(1)
