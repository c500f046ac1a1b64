"""Takes memory at a rate in MiB a second, evenly, until it is killed: leak.py MIB_PER_SECOND."""
import sys
import time

rate, kept, begun, taken = float(sys.argv[1]), [], time.monotonic(), 0
while True:
    wanted = (time.monotonic() - begun) * rate * 1024
    while taken < wanted:
        # Written to, and not by the same byte: a page of zeros costs nothing.
        kept.append(bytearray(b"x" * 65536))
        taken += 64
    time.sleep(0.01)
