package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much the data is. Changes nothing. A path that does not exist is a failure. */
public record MeasureData(DataSet data) implements RemoteCommand<MeasureData.Size> {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,18}) (\\d{1,18}) ([01])");

  /**
   * What was measured.
   *
   * @param bytes on disk
   * @param files and directories
   * @param sparse whether a file has holes
   */
  public record Size(long bytes, long files, boolean sparse) {}

  @Override
  public Invocation invocation() {
    return Invocation.of(Survey.command("measure", data).toArray(String[]::new))
        .within(Duration.ofMinutes(5));
  }

  @Override
  public Size parse(Output output) {
    return size(output);
  }

  static Size size(Output output) {
    Matcher size = SIZE.matcher(output.stdout().strip());
    if (!size.matches()) {
      throw new MalformedOutput("bytes, files and holes", output.stdout());
    }
    return new Size(
        Long.parseLong(size.group(1)), Long.parseLong(size.group(2)), size.group(3).equals("1"));
  }
}
