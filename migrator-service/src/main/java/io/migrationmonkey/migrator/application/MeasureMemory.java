package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.util.List;

/**
 * How much memory the application's services use, in bytes: what their control groups are charged
 * with less the cache that would be given up first, or the resident sets of their processes where
 * the kernel does not keep such accounts. Shared pages count for each process then.
 */
public record MeasureMemory(List<String> units) implements RemoteCommand<Long> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
        """
        # memory that the application uses
        total=0
        for unit; do
          group=$(systemctl show -p ControlGroup --value -- "$unit")
          [ -n "$group" ] && [ "$group" != / ] || continue
          used=
          for at in "/sys/fs/cgroup$group/memory.current" \\
              "/sys/fs/cgroup/memory$group/memory.usage_in_bytes"; do
            if [ -r "$at" ]; then
              used=$(cat "$at")
              cache=$(sed -n 's/^\\(total_\\)\\{0,1\\}inactive_file //p' "${at%/*}/memory.stat" | tail -n 1)
              used=$((used - ${cache:-0}))
              break
            fi
          done
          if [ -z "$used" ]; then
            used=0
            main=$(systemctl show -p MainPID --value -- "$unit")
            pids=$(cat "/sys/fs/cgroup/systemd$group/cgroup.procs" \\
              "/sys/fs/cgroup/unified$group/cgroup.procs" \\
              "/sys/fs/cgroup$group/cgroup.procs" 2>/dev/null | sort -u) || true
            [ -n "$pids" ] || pids=$main
            for pid in $pids; do
              rss=$(sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' "/proc/$pid/status" 2>/dev/null) || true
              used=$((used + ${rss:-0} * 1024))
            done
          fi
          total=$((total + used))
        done
        echo "$total"
        """,
        units.toArray(String[]::new));
  }

  @Override
  public Long parse(Output output) {
    String bytes = output.stdout().strip();
    if (!bytes.matches("\\d{1,18}")) {
      throw new MalformedOutput("bytes of memory", output.stdout());
    }
    return Long.valueOf(bytes);
  }
}
