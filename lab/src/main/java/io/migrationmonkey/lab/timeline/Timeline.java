package io.migrationmonkey.lab.timeline;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.stack.JournalEvent;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells on the terminal what is going on, a line at a time, and says so too when nothing happens:
 * never {@link #SILENCE} without a line.
 *
 * <p>For any number of threads.
 */
public final class Timeline implements AutoCloseable {

  static final Duration SILENCE = Duration.ofSeconds(3);

  /** Progress of the same step is told no more often than this. */
  static final Duration PROGRESS = Duration.ofMillis(900);

  private static final Duration TICK = Duration.ofMillis(500);

  private final PrintStream out;
  private final LineFormat format;
  private final Clock clock;
  private final Instant start;
  private final Supplier<Map<ServerName, Double>> memorySource;
  private final CountDownLatch closed = new CountDownLatch(1);

  private Map<ServerName, Double> memory = Map.of();
  private Supplier<LoadFigures> load = LoadFigures::none;
  private String step = "";
  private String what = "";
  private Instant spoke;

  Timeline(
      PrintStream out,
      boolean colours,
      Clock clock,
      Supplier<Map<ServerName, Double>> memorySource) {
    this.out = out;
    this.format = new LineFormat(colours);
    this.clock = clock;
    this.start = clock.instant();
    this.spoke = start;
    this.memorySource = memorySource;
  }

  /**
   * Starts telling.
   *
   * @param memory used over total of those servers that are reporting; asked about twice a second
   */
  public static Timeline start(
      PrintStream out, boolean colours, Clock clock, Supplier<Map<ServerName, Double>> memory) {
    Timeline timeline = new Timeline(out, colours, clock, memory);
    Thread.ofPlatform().name("timeline").daemon().start(timeline::run);
    return timeline;
  }

  /** A heading, and the names of the columns below it. */
  public synchronized void heading(String text) {
    print("");
    print(text);
    print(format.header());
  }

  /** Whose requests the lines count from now on. */
  public synchronized void counts(Supplier<LoadFigures> figures) {
    load = figures;
  }

  /** A line of text without figures. */
  public synchronized void note(String text) {
    print(text);
  }

  /** A line with figures; it also stands for what is going on until the next. */
  public synchronized void tell(String nowStep, String nowWhat) {
    step = nowStep;
    what = nowWhat;
    printLine();
  }

  /** What is going on from now on, told when the next line is due anyway. */
  public synchronized void mention(String nowStep, String nowWhat) {
    step = nowStep;
    what = nowWhat;
  }

  /** A line of a migration's journal; of progress that comes fast, only some. */
  public synchronized void journal(JournalEvent event) {
    String eventStep = event.step() == null ? "MIGRATION" : event.step();
    String text = event.text() == null ? "" : event.text();
    if (!event.isProgress()) {
      String kind = event.kind() == null ? "" : event.kind();
      tell(eventStep, text.isEmpty() ? kind : kind + " " + text);
    } else if (eventStep.equals(step)
        && Duration.between(spoke, clock.instant()).compareTo(PROGRESS) < 0) {
      mention(eventStep, text);
    } else {
      tell(eventStep, text);
    }
  }

  /** Speaks when it was silent for too long. */
  synchronized void tick() {
    if (Duration.between(spoke, clock.instant()).compareTo(SILENCE) >= 0) {
      printLine();
    }
  }

  private void run() {
    try {
      while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        refresh();
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks for the memory outside the lock: the answer may take its time. */
  void refresh() {
    Map<ServerName, Double> latest = memorySource.get();
    synchronized (this) {
      memory = latest;
    }
  }

  private void printLine() {
    print(format.line(Duration.between(start, clock.instant()), memory, load.get(), step, what));
  }

  private void print(String line) {
    out.println(line);
    out.flush();
    spoke = clock.instant();
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
