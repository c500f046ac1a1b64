package io.migrationmonkey.monitor.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.orders.OrderDesk;
import io.migrationmonkey.monitor.orders.OrderState;
import io.migrationmonkey.monitor.watch.Sighting;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /api/memory}.
 *
 * @param current the latest reading; absent while the memory can't be read
 * @param verdict calm or exhausted; absent with the reading
 * @param reason the verdict in words, or why there is no reading
 * @param history the last readings, the oldest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MemoryView(
    ServerName server,
    @Nullable Current current,
    @Nullable Verdict verdict,
    String reason,
    Order order,
    List<Past> history) {

  /** The latest reading in full. */
  record Current(Instant at, long totalBytes, long usedBytes, double usedRatio, String source) {}

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
      List<MemoryReading> history) {
    List<Past> past =
        history.stream().map(r -> new Past(r.at(), r.totalBytes(), r.usedBytes())).toList();
    Order order = Order.of(standing);
    return switch (latest) {
      case Sighting.Seen(var reading, var judgement) ->
          new MemoryView(
              server, current(reading), judgement.verdict(), judgement.reason(), order, past);
      case Sighting.Unread(_, var why) -> new MemoryView(server, null, null, why, order, past);
    };
  }

  private static Current current(MemoryReading reading) {
    return new Current(
        reading.at(),
        reading.totalBytes(),
        reading.usedBytes(),
        reading.usedRatio(),
        reading.source());
  }
}
