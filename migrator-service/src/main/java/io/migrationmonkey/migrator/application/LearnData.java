package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;

/**
 * Reads the contents that the server does not remember, and remembers them, so that a digest under
 * the hold is quick. What is not there yet is left out. Answers how many bytes it read.
 */
public record LearnData(DataSet data, Priority priority, Duration timeout)
    implements RemoteCommand<Long> {

  @Override
  public Invocation invocation() {
    return Survey.invocation("learn", data, priority, timeout);
  }

  @Override
  public Long parse(Output output) {
    String read = output.stdout().strip();
    if (!read.matches("\\d{1,18} \\d{1,18}")) {
      throw new MalformedOutput("files and bytes read", output.stdout());
    }
    return Long.valueOf(read.substring(read.indexOf(' ') + 1));
  }
}
