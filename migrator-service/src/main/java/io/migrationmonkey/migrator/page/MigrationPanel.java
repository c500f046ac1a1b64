package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.journal.MigrationView.StepOutcome;
import io.migrationmonkey.migrator.journal.MigrationView.StepView;
import io.migrationmonkey.migrator.page.Snapshot.Followed;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One migration: how it goes while it runs, its receipt when it has ended.
 *
 * @param problem why it did not succeed
 * @param figures of the receipt
 * @param packages what a dry run found would become of each
 */
record MigrationPanel(
    String id,
    String heading,
    String state,
    Tone tone,
    boolean runs,
    String why,
    String when,
    @Nullable String problem,
    List<StepRow> steps,
    List<Figure> figures,
    @Nullable String packagesLabel,
    List<String> packages,
    List<Word> happened) {

  private static final int LINES = 60;

  /**
   * One step.
   *
   * @param tone of its state
   * @param bar its part of the longest step's time, 0 to 100
   * @param progress in percent; null where nobody knows
   */
  record StepRow(
      String id,
      int number,
      String name,
      String code,
      String state,
      Tone tone,
      boolean current,
      String took,
      long bar,
      @Nullable String detail,
      @Nullable Integer progress,
      List<Word> entries) {}

  /** One figure of the receipt. */
  record Figure(String label, String value) {}

  /** Something that was said, and when. */
  record Word(String at, String text) {}

  static MigrationPanel of(Followed followed, Instant now) {
    MigrationView view = followed.view();
    boolean dry = followed.dryRun();
    Instant end = view.endedAt() == null ? now : view.endedAt();
    List<String> packages = view.packages() == null ? List.of() : view.packages();
    return new MigrationPanel(
        view.id(),
        "%s %s \u2192 %s".formatted(dry ? "Dry run" : "Move", view.from(), view.to()),
        Plain.state(view.state()),
        Plain.tone(view.state()),
        !view.ended(),
        "\u201c%s\u201d, ordered by %s".formatted(view.reason(), view.by()),
        view.ended()
            ? "began %s, took %s"
                .formatted(
                    Plain.time(view.startedAt(), now),
                    Plain.duration(Duration.between(view.startedAt(), end)))
            : "began %s, %s ago"
                .formatted(
                    Plain.time(view.startedAt(), now),
                    Plain.duration(Duration.between(view.startedAt(), end))),
        view.problem(),
        steps(followed, now),
        figures(view),
        packages.isEmpty()
            ? null
            : "What would become of %d packages and files".formatted(packages.size()),
        packages,
        view.events().stream()
            .map(event ->
                new Word(
                    Plain.clock(event.at()),
                    "%s by %s: %s"
                        .formatted(
                            event
                                .what()
                                .name()
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('_', ' '),
                            event.by(),
                            event.text())))
            .toList());
  }

  private static List<StepRow> steps(Followed followed, Instant now) {
    MigrationView view = followed.view();
    List<Step> course = followed.course().steps();
    long longest =
        Math.max(1, view.steps().stream().mapToLong(step -> took(step, now)).max().orElse(1));
    List<StepRow> rows = new ArrayList<>();
    for (int i = 0; i < course.size(); i++) {
      Step step = course.get(i);
      Optional<StepView> taken =
          view.steps().stream().filter(seen -> seen.name() == step).reduce((a, b) -> b);
      // One that has ended shows the steps that it took, one that runs also those to come.
      if (taken.isPresent() || !view.ended()) {
        rows.add(row(followed, step, i + 1, taken.orElse(null), longest, now));
      }
    }
    return rows;
  }

  private static StepRow row(
      Followed followed,
      Step step,
      int number,
      @Nullable StepView taken,
      long longest,
      Instant now) {
    boolean running =
        taken != null && taken.outcome() == StepOutcome.RUNNING && !followed.view().ended();
    List<Word> log = log(followed, step);
    String newest = log.isEmpty() ? null : log.getLast().text();
    // Its last word stands beside the step already.
    List<Word> told = log.size() > 1 ? log : List.of();
    return new StepRow(
        "step-%s-%s".formatted(followed.view().id(), step),
        number,
        Plain.step(step),
        step.name(),
        state(taken, running),
        tone(taken, running),
        running,
        taken == null
            ? ""
            : Plain.millis(running ? took(taken, now) / 1000 * 1000 : took(taken, now)),
        taken == null ? 0 : Math.max(1, 100 * took(taken, now) / longest),
        running ? newest : taken == null ? null : taken.detail(),
        running && newest != null ? Advance.of(newest) : null,
        told);
  }

  private static String state(@Nullable StepView taken, boolean running) {
    if (taken == null) {
      return "to come";
    }
    return switch (taken.outcome()) {
      case RUNNING -> running ? "under way" : "not finished";
      case DONE -> "done";
      case FAILED -> "failed";
    };
  }

  private static Tone tone(@Nullable StepView taken, boolean running) {
    if (taken == null) {
      return Tone.PLAIN;
    }
    return switch (taken.outcome()) {
      case RUNNING -> running ? Tone.BUSY : Tone.WARN;
      case DONE -> Tone.GOOD;
      case FAILED -> Tone.BAD;
    };
  }

  private static long took(StepView step, Instant now) {
    return step.ms() == null ? Math.max(0, Duration.between(step.at(), now).toMillis()) : step.ms();
  }

  private static List<Word> log(Followed followed, Step step) {
    List<Word> all =
        followed.entries().stream()
            .filter(entry -> entry.step() == step && !entry.text().isBlank())
            .map(entry -> new Word(Plain.clock(entry.at()), words(entry)))
            .toList();
    return all.subList(Math.max(0, all.size() - LINES), all.size());
  }

  private static String words(JournalEntry entry) {
    return entry.kind() == JournalEntry.Kind.FAILED ? "failed: " + entry.text() : entry.text();
  }

  private static List<Figure> figures(MigrationView view) {
    List<Figure> figures = new ArrayList<>();
    if (view.endedAt() != null) {
      figures.add(
          new Figure("In all", Plain.duration(Duration.between(view.startedAt(), view.endedAt()))));
    }
    if (view.requestsHeld() != null) {
      figures.add(new Figure("Requests that had to wait", "%,d".formatted(view.requestsHeld())));
    }
    if (view.longestStallMs() != null) {
      figures.add(new Figure("Longest wait of a request", Plain.millis(view.longestStallMs())));
    }
    if (view.dataBytes() != null) {
      figures.add(new Figure("Data", Plain.bytes(view.dataBytes())));
    }
    if (view.bytesCopied() != null) {
      figures.add(new Figure("Sent", Plain.bytes(view.bytesCopied())));
    }
    if (view.packagesInstalled() != null) {
      figures.add(new Figure("Packages installed", "%,d".formatted(view.packagesInstalled())));
    }
    if (view.packagesToInstall() != null && view.state() == State.DRY_RUN_DONE) {
      figures.add(
          new Figure("Packages to install", "%,d".formatted(view.packagesToInstall().size())));
    }
    if (view.digest() != null) {
      figures.add(
          new Figure(
              "Digest, the same on both",
              view.digest().substring(0, Math.min(12, view.digest().length()))));
    }
    if (view.bootIdAfter() != null) {
      figures.add(
          new Figure(
              "Boot of " + view.from(),
              "%s \u2192 %s"
                  .formatted(
                      ServersView.firstOf(view.bootIdBefore()),
                      ServersView.firstOf(view.bootIdAfter()))));
    }
    return figures;
  }
}
