"""Says when the OOM killer has taken something in this server: kills.py SECONDS."""
import os
import sys
import time

files = ["/sys/fs/cgroup/memory/memory.oom_control", "/sys/fs/cgroup/memory.events"]
file = next(name for name in files if os.path.exists(name))


def kills():
    with open(file) as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


before, deadline = kills(), time.monotonic() + float(sys.argv[1])
while time.monotonic() < deadline:
    if kills() > before:
        print(f"{time.time():.3f}")
        sys.exit()
    time.sleep(0.02)
print("none")
