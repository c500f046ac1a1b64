"""What three services take while nothing happens: footprint.py MINUTES START_SECONDS FILE.

privateMiB: pages that a process has written or the kernel gave it for itself alone (Private_Dirty and swap); they go only
with the process. privateCleanMiB: pages of files that no other process has mapped now; the kernel drops them when it wants.
"""
import json
import os
import subprocess
import sys
import time

minutes, started, file = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
units = {
    "monitor": "migration-monkey-monitor",
    "nodeExporter": "prometheus-node-exporter",
    "monit": "monit",
}
tick = os.sysconf("SC_CLK_TCK")


def pid(unit):
    asked = ["systemctl", "show", "--property=MainPID", "--value", unit]
    said = int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    # Of what an init script started systemd knows no number.
    return said or int(subprocess.run(["pgrep", "-o", "-x", unit[:15]], capture_output=True, text=True, check=True).stdout)


def cpu(process):
    with open(f"/proc/{process}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / tick


def memory(process):
    found = {}
    with open(f"/proc/{process}/smaps_rollup") as lines:
        for line in lines:
            words = line.split()
            if words[0].endswith(":"):
                found[words[0][:-1]] = int(words[1]) / 1024
    return {
        "privateMiB": found["Private_Dirty"] + found["Swap"],
        "privateCleanMiB": found["Private_Clean"],
        "rssMiB": found["Rss"],
    }


pids = {name: pid(unit) for name, unit in units.items()}
begun, before = time.monotonic(), {name: cpu(process) for name, process in pids.items()}
highest = {name: {} for name in units}
while time.monotonic() - begun < minutes * 60:
    time.sleep(min(10, max(0.1, minutes * 60 - (time.monotonic() - begun))))
    for name, process in pids.items():
        for what, value in memory(process).items():
            highest[name][what] = max(highest[name].get(what, 0), round(value, 1))
took = time.monotonic() - begun
for name, process in pids.items():
    assert pid(units[name]) == process, f"{name} was started anew while it was measured"
    highest[name]["cpuPercent"] = round((cpu(process) - before[name]) / took * 100, 3)

result = {"minutes": round(took / 60, 1), "startSeconds": started, "loadAverage": os.getloadavg()[1]}
result |= highest["monitor"] | {"nodeExporter": highest["nodeExporter"], "monit": highest["monit"]}
with open(file, "w") as out:
    json.dump(result, out, indent=2)
print(f"{'':14}{'private':>9} {'of files':>9} {'resident':>9} MiB {'CPU':>8} of one core")
for name in units:
    of = highest[name]
    print(
        f"{name:14}{of['privateMiB']:9.1f} {of['privateCleanMiB']:9.1f} {of['rssMiB']:9.1f} {of['cpuPercent']:11.3f} %"
    )
