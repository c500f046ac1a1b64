package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;

/** A server's boot and for how long it is up. */
public record ServerNow(String bootId, long upSeconds) {

  /** Reads it. */
  public record Read(Duration timeout) implements RemoteCommand<ServerNow> {

    @Override
    public Invocation invocation() {
      return Invocation.script(
              """
              # read the boot id
              cat /proc/sys/kernel/random/boot_id
              cut -d. -f1 /proc/uptime
              """)
          .within(timeout);
    }

    @Override
    public ServerNow parse(Output output) {
      List<String> lines = output.stdout().strip().lines().toList();
      if (lines.size() != 2 || !lines.get(1).matches("\\d{1,18}")) {
        throw new MalformedOutput("a boot id and an uptime", output.stdout());
      }
      return new ServerNow(lines.get(0), Long.parseLong(lines.get(1)));
    }
  }
}
