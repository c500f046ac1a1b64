package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.page.Snapshot.Told;
import io.migrationmonkey.migrator.parity.ParityReading;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.parity.WarmRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the standby is from the active server: what is missing and how old what it has is.
 *
 * @param unknown why nothing can be said; null where something can
 * @param lists names that would be too many in a sentence
 */
record StandbyView(
    @Nullable String unknown,
    Tone tone,
    String verdict,
    List<String> reasons,
    List<Row> rows,
    List<Names> lists) {

  /** One thing that is known. */
  record Row(String label, String text) {}

  /** Several, under one heading. */
  record Names(String id, String label, List<String> names) {}

  static StandbyView of(Snapshot seen) {
    Told told = seen.told();
    ParityReport parity = told == null ? null : told.parity();
    if (told == null || parity == null) {
      String why = told == null ? "Redis has not answered yet." : told.parityProblem();
      return new StandbyView(
          Plain.orUnknown(why), Tone.WARN, "unknown", List.of(), List.of(), List.of());
    }
    ParityReading read = parity.read();
    ParityReading current = read != null && read.active() == parity.active() ? read : null;
    return new StandbyView(
        null,
        parity.ready() ? Tone.GOOD : Tone.WARN,
        parity.ready()
            ? "%s is ready: only the last changes would have to move.".formatted(parity.standby())
            : "%s is not ready to take over at once.".formatted(parity.standby()),
        parity.reasons(),
        rows(parity, current, seen.now()),
        current == null ? List.of() : lists(current));
  }

  private static List<Row> rows(ParityReport parity, @Nullable ParityReading read, Instant now) {
    List<Row> rows = new ArrayList<>();
    Instant copiedAt = parity.data().copiedAt();
    rows.add(
        new Row(
            "Copy of the data",
            copiedAt == null
                ? "none is known"
                : "of %s, %s old"
                    .formatted(
                        Plain.time(copiedAt, now), Plain.age(Duration.between(copiedAt, now)))));
    if (read == null) {
      rows.add(new Row("Looked at", "not since it stands by"));
    } else {
      rows.add(new Row("Looked at", Plain.time(read.at(), now)));
      ParityReading.Packages packages = read.packages();
      rows.add(
          new Row(
              "Packages",
              packages == null
                  ? "unknown"
                  : "%d missing, %d older, %d the same"
                      .formatted(
                          packages.missing().size(),
                          packages.different().size(),
                          packages.same())));
      ParityReading.Disk disk = read.disk();
      rows.add(
          new Row(
              "Disk",
              disk == null
                  ? "unknown"
                  : "%s free for %s of data: %s"
                      .formatted(
                          Plain.bytes(disk.freeBytes()),
                          Plain.bytes(disk.dataBytes()),
                          disk.fits() ? "it fits" : "too little")));
      ParityReading.Memory memory = read.memory();
      rows.add(
          new Row(
              "Memory",
              memory == null
                  ? "unknown"
                  : "%s available%s: %s"
                      .formatted(
                          Plain.bytes(memory.totalBytes() - memory.usedBytes()),
                          memory.neededBytes() == null
                              ? ""
                              : ", %s needed".formatted(Plain.bytes(memory.neededBytes())),
                          memory.fits() ? "it fits" : "too little")));
    }
    rows.add(new Row("Brought up to date", warm(parity.warm(), now)));
    return rows;
  }

  private static String warm(ParityReport.Warm warm, Instant now) {
    if (warm.underWay() != null) {
      return "now (%s)".formatted(warm.underWay());
    }
    WarmRun last = warm.last();
    return last == null
        ? warm.next()
        : "last %s at %s; %s"
            .formatted(last.outcome(), Plain.time(last.endedAt(), now), warm.next());
  }

  private static List<Names> lists(ParityReading read) {
    List<Names> lists = new ArrayList<>();
    ParityReading.Packages packages = read.packages();
    if (packages != null) {
      add(lists, "missing", "packages missing on the standby", packages.missing());
      add(lists, "older", "packages older on the standby", packages.different());
    }
    add(lists, "clashes", "accounts that clash", read.accountClashes());
    return lists;
  }

  private static void add(List<Names> lists, String id, String label, List<String> names) {
    if (!names.isEmpty()) {
      lists.add(new Names("standby-" + id, "%d %s".formatted(names.size(), label), names));
    }
  }
}
