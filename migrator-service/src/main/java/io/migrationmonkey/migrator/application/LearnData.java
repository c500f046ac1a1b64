package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;

/**
 * Reads the contents that the server does not remember, and remembers them, so that a digest under
 * the hold is quick. Answers how many bytes it read.
 *
 * @param side which server's data it is
 */
public record LearnData(Side side, DataSet data, Priority priority, Duration timeout)
    implements RemoteCommand<Long> {

  /** Where the data is. */
  public enum Side {
    /** Where the application serves. What the first round has sent was read by that. */
    SOURCE("learn"),
    /** Where it arrives: what is not there yet is left out, and what is goes to the disk. */
    STANDBY("arrived");

    private final String word;

    Side(String word) {
      this.word = word;
    }
  }

  @Override
  public Invocation invocation() {
    return Survey.invocation(side.word, data, priority, timeout);
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
