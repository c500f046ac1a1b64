package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.MalformedOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An output in parts, each under a line such as {@code #sources}. */
final class Sections {

  private final Map<String, List<String>> parts = new HashMap<>();

  /**
   * @throws MalformedOutput where one of them is missing or comes twice; without quoting, since
   *     there may be secrets in it
   */
  Sections(String output, String... names) {
    List<String> part = new ArrayList<>();
    for (String line : output.split("\n", -1)) {
      String name = line.startsWith("#") ? line.substring(1) : "";
      if (List.of(names).contains(name)) {
        part = new ArrayList<>();
        if (parts.put(name, part) != null) {
          throw new MalformedOutput("one part " + line, "two of them");
        }
      } else if (!line.isEmpty()) {
        part.add(line);
      }
    }
    if (parts.size() != names.length) {
      throw new MalformedOutput(
          "the parts " + String.join(", ", names), "nothing but " + parts.keySet());
    }
  }

  List<String> lines(String name) {
    return parts.getOrDefault(name, List.of());
  }
}
