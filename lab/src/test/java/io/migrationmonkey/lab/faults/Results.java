package io.migrationmonkey.lab.faults;

import io.migrationmonkey.contract.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the cases came to, kept in a file as they end. A run of some cases replaces theirs and
 * leaves the others, so that a case can be run again without all the rest.
 */
final class Results {

  private final Path file;
  private final Map<String, CaseResult> byName = new LinkedHashMap<>();

  private Results(Path file) {
    this.file = file;
  }

  static Results none(Path file) {
    return new Results(file);
  }

  /** Goes on with what the file holds, if there is one. */
  static Results from(Path file) throws IOException {
    Results results = new Results(file);
    if (Files.exists(file)) {
      for (CaseResult one : Wire.read(Files.readString(file), CaseResult[].class)) {
        results.byName.put(one.name(), one);
      }
    }
    return results;
  }

  void add(CaseResult result) throws IOException {
    byName.put(result.name(), result);
    Files.createDirectories(file.getParent());
    Files.writeString(file, Wire.write(byName.values()));
  }

  /** Those of all these cases in their order; empty while one is missing. */
  Optional<List<CaseResult>> of(List<FaultCase> cases) {
    List<CaseResult> found =
        cases.stream().map(one -> byName.get(one.name())).filter(Objects::nonNull).toList();
    return found.size() == cases.size() ? Optional.of(found) : Optional.empty();
  }
}
