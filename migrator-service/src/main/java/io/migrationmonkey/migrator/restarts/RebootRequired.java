package io.migrationmonkey.migrator.restarts;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;

/** Whether the server asks for a reboot, as Debian's packages do after a new kernel. */
public record RebootRequired() implements RemoteCommand<Boolean> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
        """
        # does it ask for a reboot?
        if [ -e /run/reboot-required ]; then echo yes; else echo no; fi
        """);
  }

  @Override
  public Boolean parse(Output output) {
    return switch (output.stdout().strip()) {
      case "yes" -> true;
      case "no" -> false;
      default -> throw new MalformedOutput("yes or no", output.stdout());
    };
  }
}
