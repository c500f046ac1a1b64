package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.contract.ServerName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts together what is known of the standby and says whether it is ready. */
final class Parity {

  private static final Duration USUAL = Duration.ofMinutes(5);

  /** A copy that missed so many rounds is no longer a warm one. */
  private static final int ROUNDS_UNTIL_STALE = 3;

  private static final int NAMED = 5;

  private Parity() {}

  /**
   * @param copiedByMigration when a migration left the standby with all data, null when the last
   *     move was none
   * @param reading null before the first
   * @param underWay the id of the warm run under way, null when there is none
   */
  static ParityReport report(
      WarmRule.Situation now,
      WarmSettings settings,
      @Nullable Instant copiedByMigration,
      @Nullable ParityReading reading,
      @Nullable String underWay) {
    ServerName standby = now.active().other();
    Instant copiedAt = copiedAt(now, copiedByMigration);
    @Nullable Duration age = copiedAt == null ? null : Duration.between(copiedAt, now.now());
    List<String> reasons = new ArrayList<>();
    reasons.addAll(aboutReading(now.active(), reading));
    reasons.addAll(aboutData(standby, age, now.every().orElse(USUAL)));
    return new ParityReport(
        reasons.isEmpty(),
        reasons,
        now.active(),
        standby,
        new ParityReport.Data(copiedAt, age == null ? null : Math.max(0, age.toSeconds())),
        reading,
        new ParityReport.Warm(settings.every(), underWay, WarmRule.judge(now).why(), now.last()));
  }

  private static @Nullable Instant copiedAt(
      WarmRule.Situation now, @Nullable Instant copiedByMigration) {
    WarmRun last = now.last();
    Instant byWarmRun =
        last != null && last.isFor(now.active(), now.epoch()) ? last.copiedAt() : null;
    if (byWarmRun == null || copiedByMigration == null) {
      return byWarmRun == null ? copiedByMigration : byWarmRun;
    }
    return byWarmRun.isAfter(copiedByMigration) ? byWarmRun : copiedByMigration;
  }

  private static List<String> aboutReading(ServerName active, @Nullable ParityReading reading) {
    if (reading == null || reading.active() != active) {
      return List.of(
          "%s has not been looked at since it stands by: GET /api/parity?refresh=true does it"
              .formatted(active.other()));
    }
    List<String> reasons = new ArrayList<>(reading.problems());
    ParityReading.Packages packages = reading.packages();
    if (packages != null) {
      count(reasons, packages.missing(), "missing on", active.other());
      count(reasons, packages.different(), "older on", active.other());
    }
    return reasons;
  }

  private static void count(
      List<String> reasons, List<String> packages, String how, ServerName standby) {
    if (!packages.isEmpty()) {
      reasons.add(
          "packages %s %s: %d (%s%s)"
              .formatted(
                  how,
                  standby,
                  packages.size(),
                  String.join(", ", packages.subList(0, Math.min(NAMED, packages.size()))),
                  packages.size() > NAMED ? ", …" : ""));
    }
  }

  private static List<String> aboutData(
      ServerName standby, @Nullable Duration age, Duration every) {
    if (age == null) {
      return List.of("no complete copy of the data is known to be on %s".formatted(standby));
    }
    return age.compareTo(every.multipliedBy(ROUNDS_UNTIL_STALE)) > 0
        ? List.of("the copy on %s is %d minutes old".formatted(standby, age.toMinutes()))
        : List.of();
  }
}
