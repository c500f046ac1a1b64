package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.journal.MigrationView.StepView;
import io.migrationmonkey.migrator.plan.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The latest migrations and what happened beside them. */
record HistoryView(List<Row> rows, List<Happening> events) {

  /**
   * A migration in one row.
   *
   * @param parts its time, step by step, in a picture 200 wide
   * @param partsWords the same in words
   */
  record Row(
      String id,
      String href,
      String when,
      String way,
      String state,
      Tone tone,
      String took,
      String stall,
      String held,
      String reason,
      String by,
      List<Part> parts,
      String partsWords) {}

  /** One step's part of the time. */
  record Part(long x, long width, String kind) {}

  /** What happened beside the migrations. */
  record Happening(String when, String what, String by, String text) {}

  static HistoryView of(Snapshot seen) {
    if (seen.told() == null) {
      return new HistoryView(List.of(), List.of());
    }
    Instant now = seen.now();
    return new HistoryView(
        seen.told().history().stream().map(view -> row(view, now)).toList(),
        seen.told().events().stream()
            .map(event ->
                new Happening(
                    Plain.time(event.at(), now),
                    event.what().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                    event.by(),
                    event.text()))
            .toList());
  }

  private static Row row(MigrationView view, Instant now) {
    boolean dry = view.state() == State.DRY_RUN_DONE;
    Instant end = view.endedAt() == null ? now : view.endedAt();
    return new Row(
        view.id(),
        "/page/migrations/" + view.id(),
        Plain.time(view.startedAt(), now),
        "%s \u2192 %s".formatted(view.from(), view.to()),
        Plain.state(view.state()),
        Plain.tone(view.state()),
        Plain.duration(Duration.between(view.startedAt(), end)),
        dry || view.longestStallMs() == null ? "\u2013" : Plain.millis(view.longestStallMs()),
        dry || view.requestsHeld() == null ? "\u2013" : "%,d".formatted(view.requestsHeld()),
        view.reason(),
        view.by(),
        parts(view),
        view.steps().stream()
            .filter(step -> step.ms() != null)
            .map(step -> "%s %s".formatted(Plain.step(step.name()), millis(step.ms())))
            .collect(Collectors.joining(", ")));
  }

  private static String millis(@Nullable Long ms) {
    return ms == null ? "" : Plain.millis(ms);
  }

  private static List<Part> parts(MigrationView view) {
    long all = view.steps().stream().mapToLong(HistoryView::ms).sum();
    List<Part> parts = new ArrayList<>();
    long passed = 0;
    for (StepView step : view.steps()) {
      long from = all == 0 ? 0 : 200 * passed / all;
      passed += ms(step);
      long to = all == 0 ? 0 : 200 * passed / all;
      parts.add(new Part(from, Math.max(1, to - from), kind(step)));
    }
    return parts;
  }

  private static long ms(StepView step) {
    Long ms = step.ms();
    return ms == null ? 0 : ms;
  }

  private static String kind(StepView step) {
    return switch (step.name()) {
      case CHECK_SERVERS, EXCHANGE_KEYS, INSTALL_PACKAGES, COPY_DATA -> "before";
      case HOLD_TRAFFIC,
          STOP_APPLICATION,
          COPY_LAST_CHANGES,
          START_APPLICATION,
          PROVE_STANDBY,
          SWITCH_TRAFFIC ->
          "held";
      case REBOOT_SOURCE, READMIT_SOURCE -> "after";
    };
  }
}
