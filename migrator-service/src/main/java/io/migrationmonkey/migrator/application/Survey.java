package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The script that looks at what lies under the data paths, and remembers it on its server. */
public final class Survey {

  static final String FOLDER = "/var/lib/migration-monkey/data";

  private static final String SCRIPT = script();

  private Survey() {}

  /** The command that looks, in a unit of its own. */
  static Invocation invocation(String what, DataSet data, Priority priority, Duration timeout) {
    return TransientUnit.invocation(what, priority, timeout, command(what, data));
  }

  static List<String> command(String what, DataSet data) {
    List<String> command =
        new ArrayList<>(
            List.of("perl", "-e", SCRIPT, what, FOLDER, Integer.toString(data.excludes().size())));
    data.excludes().forEach(exclude -> command.add(exclude.regex()));
    command.addAll(data.paths());
    return command;
  }

  /** Ends all looking that a migrator left behind when it died. */
  public static RemoteCommand<String> stopLeftOver() {
    return TransientUnit.stop("mark", "learn", "arrived", "digest", "records");
  }

  // Comments are for who reads the file.
  private static String script() {
    try (InputStream script = Survey.class.getResourceAsStream("survey.pl")) {
      return new String(
              Objects.requireNonNull(script, "survey.pl").readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.strip().startsWith("#"))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
