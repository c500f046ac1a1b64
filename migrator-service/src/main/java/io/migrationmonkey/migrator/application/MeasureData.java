package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many bytes lie under the paths, on disk. A path that does not exist is a failure. */
public record MeasureData(List<String> paths) implements RemoteCommand<Long> {

  private static final Pattern TOTAL = Pattern.compile("(?:^|\n)(\\d+)\ttotal\n?$");

  @Override
  public Invocation invocation() {
    List<String> arguments = new ArrayList<>(List.of("du", "-scB1", "--"));
    arguments.addAll(paths);
    return Invocation.of(arguments.toArray(String[]::new)).within(Duration.ofMinutes(5));
  }

  @Override
  public Long parse(Output output) {
    Matcher total = TOTAL.matcher(output.stdout());
    if (!total.find()) {
      throw new MalformedOutput("du's total", output.stdout());
    }
    return Long.valueOf(total.group(1));
  }
}
