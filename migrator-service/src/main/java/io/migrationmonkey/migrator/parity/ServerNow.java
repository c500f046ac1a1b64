package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;

/** A server's boot, for how long it is up, and whether it asks for another one. */
public record ServerNow(String bootId, long upSeconds, boolean rebootRequired) {

  /** Reads it. */
  public record Read(Duration timeout) implements RemoteCommand<ServerNow> {

    @Override
    public Invocation invocation() {
      return Invocation.script(
              """
              # read the boot id
              cat /proc/sys/kernel/random/boot_id
              cut -d. -f1 /proc/uptime
              if [ -e /run/reboot-required ]; then echo yes; else echo no; fi
              """)
          .within(timeout);
    }

    @Override
    public ServerNow parse(Output output) {
      List<String> lines = output.stdout().strip().lines().toList();
      if (lines.size() != 3 || !lines.get(1).matches("\\d{1,18}")) {
        throw new MalformedOutput("a boot id and an uptime", output.stdout());
      }
      return new ServerNow(lines.get(0), Long.parseLong(lines.get(1)), lines.get(2).equals("yes"));
    }
  }
}
