"""Takes so many MiB at a rate in MiB a second, and touches all of it over and over, at random: thrash.py MIB RATE."""
import mmap
import random
import sys
import time

size, rate = int(sys.argv[1]) << 20, float(sys.argv[2]) * (1 << 20)
memory, begun, taken = mmap.mmap(-1, size), time.monotonic(), 0
while True:
    wanted = min(size, int((time.monotonic() - begun) * rate))
    while taken < wanted:
        memory[taken:taken + 4096] = random.randbytes(4096)  # a page that can't be compressed away
        taken += 4096
    for _ in range(2000 if taken else 0):
        page = random.randrange(taken >> 12) << 12
        memory[page] = memory[page] ^ 1
