package io.migrationmonkey.monitor.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.Signal;
import io.migrationmonkey.monitor.orders.OrderDesk;
import io.migrationmonkey.monitor.orders.OrderState;
import io.migrationmonkey.monitor.watch.Sighting;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /api/memory}.
 *
 * @param current the latest reading; absent while the memory can't be read
 * @param verdict calm, strained or exhausted; absent with the reading
 * @param reason the verdict in words, or why there is no reading
 * @param sentence all of it for a person: what is, what that means, and what is done about it
 * @param secondsLeft until memory is used up if it goes on so; absent where it does not grow
 * @param moveTookSeconds the longest of the last moves; absent while the migrator has told of none
 * @param history the last readings, the oldest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MemoryView(
    ServerName server,
    @Nullable Current current,
    @Nullable Verdict verdict,
    String reason,
    String sentence,
    @Nullable Double secondsLeft,
    @Nullable Double moveTookSeconds,
    Order order,
    List<Past> history) {

  /** The latest reading in full. */
  record Current(
      Instant at,
      long totalBytes,
      long usedBytes,
      double usedRatio,
      String source,
      Map<String, Shown> signals) {}

  /** A figure beside used and total, where it was read, and for a counter how fast it grew. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Shown(long value, String unit, @Nullable Double perSecond, String source) {}

  /** An earlier reading. */
  record Past(Instant at, long totalBytes, long usedBytes) {}

  /**
   * Where the monitor stands with its order.
   *
   * @param state armed, wanted, ordered or paused
   * @param why in words
   * @param key the order's Idempotency-Key
   * @param location of the migration
   * @param due when the monitor does the next thing, at the earliest
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Order(
      String state,
      String why,
      @Nullable String key,
      @Nullable URI location,
      @Nullable Instant due) {

    String inWords() {
      return switch (state) {
        case "armed" -> "Nothing is ordered (%s)".formatted(why);
        case "wanted" -> "A migration is asked for, and the migrator has not taken the order yet";
        case "ordered" -> "A migration is ordered and runs: %s".formatted(location);
        default -> "The last order came to nothing; the next is due at %s".formatted(due);
      };
    }

    static Order of(OrderDesk.Standing standing) {
      String why = standing.why();
      return switch (standing.state()) {
        case OrderState.Armed _ -> new Order("armed", why, null, null, null);
        case OrderState.Wanted(var key, _, var due) -> new Order("wanted", why, key, null, due);
        case OrderState.Ordered(var key, var location, var due) ->
            new Order("ordered", why, key, location, due);
        case OrderState.Paused(var until) -> new Order("paused", why, null, null, until);
      };
    }
  }

  static MemoryView of(
      ServerName server,
      Sighting latest,
      OrderDesk.Standing standing,
      Optional<Duration> moveTook,
      List<MemoryReading> history) {
    List<Past> past =
        history.stream().map(r -> new Past(r.at(), r.totalBytes(), r.usedBytes())).toList();
    Order order = Order.of(standing);
    Double move = moveTook.map(duration -> duration.toMillis() / 1000.0).orElse(null);
    return switch (latest) {
      case Sighting.Seen(var reading, var judgement) ->
          new MemoryView(
              server,
              current(reading, history),
              judgement.verdict(),
              judgement.reason(),
              "%s is %s: %s. %s."
                  .formatted(
                      capital(server.toString()),
                      judgement.verdict().name().toLowerCase(Locale.ROOT),
                      judgement.reason(),
                      order.inWords()),
              judgement.secondsLeft(),
              move,
              order,
              past);
      case Sighting.Unread(_, var why) ->
          new MemoryView(
              server,
              null,
              null,
              why,
              "Nothing is known about the memory of %s: %s. No order is given without a reading."
                  .formatted(server, why),
              null,
              move,
              order,
              past);
    };
  }

  private static Current current(MemoryReading reading, List<MemoryReading> history) {
    MemoryReading before = history.size() < 2 ? null : history.get(history.size() - 2);
    Map<String, Shown> signals = new LinkedHashMap<>();
    reading
        .signals()
        .forEach((signal, figure) ->
            signals.put(
                signal.label(),
                new Shown(
                    figure.value(),
                    signal.unit(),
                    signal.counter() ? perSecond(signal, before, reading) : null,
                    figure.source())));
    return new Current(
        reading.at(),
        reading.totalBytes(),
        reading.usedBytes(),
        reading.usedRatio(),
        reading.source(),
        signals);
  }

  private static @Nullable Double perSecond(
      Signal signal, @Nullable MemoryReading before, MemoryReading now) {
    if (before == null || before.value(signal).isEmpty() || now.value(signal).isEmpty()) {
      return null;
    }
    double seconds = Duration.between(before.at(), now.at()).toNanos() / 1e9;
    long grown = now.value(signal).getAsLong() - before.value(signal).getAsLong();
    return seconds > 0 && grown >= 0 ? grown / seconds : null;
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
