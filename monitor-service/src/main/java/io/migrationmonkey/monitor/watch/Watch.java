package io.migrationmonkey.monitor.watch;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.ServerMemory;
import io.migrationmonkey.monitor.memory.UnreadableMemoryException;
import io.migrationmonkey.monitor.pressure.Judgement;
import io.migrationmonkey.monitor.pressure.PressureRule;
import io.migrationmonkey.monitor.pressure.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the memory once a period, on one thread, and tells the listeners. More often while
 * memory grows so fast that a period is a long time.
 */
public final class Watch implements AutoCloseable {

  /** How many readings {@link #history} goes back. */
  public static final int HISTORY = 120;

  private static final Duration HURRIED = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  private final ServerMemory memory;
  private final PressureRule rule;
  private final Duration period;
  private final Supplier<Optional<Duration>> moveTook;
  private final Clock clock;
  private final Window window = new Window();
  private final List<? extends Consumer<? super Sighting>> listeners;
  private final Deque<MemoryReading> history = new ArrayDeque<>(HISTORY);
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("memory-watch").daemon().factory());

  private volatile Sighting latest;
  private @Nullable Judgement judgement;
  private boolean hurry;

  /**
   * @param period between two looks
   * @param moveTook what the last moves took; empty while that is unknown
   * @param clock one that nobody sets
   * @param listeners are called on the watch's own thread and must not block
   */
  public Watch(
      ServerMemory memory,
      PressureRule rule,
      Duration period,
      Supplier<Optional<Duration>> moveTook,
      Clock clock,
      List<? extends Consumer<? super Sighting>> listeners) {
    this.memory = memory;
    this.rule = rule;
    this.period = period;
    this.moveTook = moveTook;
    this.clock = clock;
    this.listeners = listeners;
    this.latest = new Sighting.Unread(clock.instant(), "the memory has not been read yet");
  }

  public void start() {
    lookAgainIn(Duration.ZERO);
  }

  // Not at a fixed rate: a process that was frozen would look many times at once, to make up for
  // it.
  private void lookAgainIn(Duration pause) {
    var _ =
        scheduler.schedule(
            () -> {
              Instant began = clock.instant();
              look();
              Duration took = Duration.between(began, clock.instant());
              Duration pace = hurry && HURRIED.compareTo(period) < 0 ? HURRIED : period;
              lookAgainIn(pace.compareTo(took) > 0 ? pace.minus(took) : Duration.ZERO);
            },
            pause.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** What the latest look gave. A look that is too old to be true any more does not count. */
  public Sighting latest() {
    Sighting sighting = latest;
    Instant now = clock.instant();
    if (Duration.between(sighting.at(), now).compareTo(MonitorReport.TTL) <= 0) {
      return sighting;
    }
    return new Sighting.Unread(
        now, "nobody has looked at the memory since %s".formatted(sighting.at()));
  }

  /** The last readings, the oldest first. */
  public List<MemoryReading> history() {
    synchronized (history) {
      return List.copyOf(history);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  void look() {
    Sighting sighting = sight();
    announce(latest, sighting);
    latest = sighting;
    for (Consumer<? super Sighting> listener : listeners) {
      tell(listener, sighting);
    }
  }

  // One listener that fails must not end the watch, nor keep the others from hearing.
  private static void tell(Consumer<? super Sighting> listener, Sighting sighting) {
    try {
      listener.accept(sighting);
    } catch (RuntimeException e) {
      log.error("{} failed and goes on with the next reading", listener.getClass(), e);
    }
  }

  private Sighting sight() {
    try {
      MemoryReading reading = memory.read();
      remember(reading);
      return new Sighting.Seen(reading, judge(reading));
    } catch (UnreadableMemoryException e) {
      return new Sighting.Unread(clock.instant(), String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      // A task that throws is not scheduled again, and nobody would watch any more.
      return new Sighting.Unread(clock.instant(), e.toString());
    }
  }

  private Judgement judge(MemoryReading reading) {
    Verdict before = judgement == null ? Verdict.CALM : judgement.verdict();
    window.add(reading);
    Judgement now = rule.judge(window, judgement, moveTook.get().orElse(null));
    judgement = now;
    hurry = now.hurry();
    if (now.verdict() != before) {
      switch (now.verdict()) {
        case EXHAUSTED -> log.warn("Memory is exhausted: {}", now.reason());
        case STRAINED -> log.info("Memory is strained: {}", now.reason());
        case CALM -> log.info("Memory is calm again: {}", now.reason());
      }
    }
    return now;
  }

  private void remember(MemoryReading reading) {
    synchronized (history) {
      if (history.size() == HISTORY) {
        history.removeFirst();
      }
      history.addLast(reading);
    }
  }

  private void announce(Sighting before, Sighting now) {
    Duration blind = Duration.between(before.at(), now.at());
    if (blind.compareTo(MonitorReport.TTL) > 0) {
      log.warn(
          "Nobody looked at the memory for {} s, as when this process is stopped or starved: what"
              + " was seen before proves nothing any more",
          blind.toSeconds());
    }
    switch (now) {
      case Sighting.Unread unread
          when !(before instanceof Sighting.Unread(_, String why) && why.equals(unread.why())) ->
          log.error(
              "The memory can't be read: {}. No report and no order until it can", unread.why());
      case Sighting.Seen seen when before instanceof Sighting.Unread ->
          log.info("Watching: {}", seen.judgement().reason());
      default -> {}
    }
  }
}
