package io.migrationmonkey.proxy.switching;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.SwitchRecord;
import io.migrationmonkey.proxy.routing.HoldOrder;
import io.migrationmonkey.proxy.routing.Route;
import org.jspecify.annotations.Nullable;

/**
 * What a reading of the switch means for a proxy that follows a route already, or none yet.
 *
 * <p>The switch itself says who is active, so that a flip by hand counts. The record only guards
 * against going back: one with a lower epoch than was seen comes from an old Redis, and nothing in
 * such a Redis is believed. What is missing says nothing.
 *
 * @param route the route to follow from now on; null while there has never been one
 * @param order what to do about holding
 * @param trouble what is wrong with the reading, or null
 */
record RouteDecision(@Nullable Route route, HoldOrder order, @Nullable Trouble trouble) {

  static RouteDecision after(@Nullable Route last, SwitchReading read) {
    String value = read.active();
    if (value == null) {
      return keep(
          last,
          Trouble.Kind.SWITCH_MISSING,
          "'switch' is missing in Redis, which says nothing",
          "If Redis was emptied, SET switch to false (production) or true (backup)");
    }
    long seen = last == null ? 0 : last.epoch();
    long epoch = seen;
    Trouble trouble = null;
    if (!read.record().isEmpty()) {
      try {
        epoch = SwitchRecord.of(read.record()).epoch();
      } catch (IllegalArgumentException e) {
        trouble =
            new Trouble(
                Trouble.Kind.RECORD_MALFORMED,
                "%s; following 'switch' alone".formatted(e.getMessage()));
      }
    }
    if (epoch < seen) {
      return keep(
          last,
          Trouble.Kind.RECORD_STALE,
          "switch:record has epoch %d and this proxy has seen %d, so this Redis is an old one"
              .formatted(epoch, seen),
          "To make it count, set the record's epoch to at least " + seen);
    }
    ServerName active;
    try {
      active = SwitchKey.active(value);
    } catch (IllegalArgumentException e) {
      RouteDecision kept =
          keep(
              last,
              Trouble.Kind.SWITCH_MALFORMED,
              "%s".formatted(e.getMessage()),
              "SET it to true or false");
      return new RouteDecision(
          kept.route(), read.hold() == null ? kept.order() : order(read), kept.trouble());
    }
    if (read.hold() != null && read.holdLeft().isNegative()) {
      trouble =
          new Trouble(
              Trouble.Kind.HOLD_WITHOUT_DEADLINE,
              "switch:hold has no time to live, so traffic is not held; SET it with PX");
    }
    return new RouteDecision(new Route(active, epoch), order(read), trouble);
  }

  private static RouteDecision keep(
      @Nullable Route last, Trouble.Kind kind, String wrong, String advice) {
    String kept =
        last == null
            ? "there is no route yet, so requests are answered 503"
            : "traffic keeps going to " + last.active();
    return new RouteDecision(
        last, new HoldOrder.Keep(), new Trouble(kind, "%s; %s. %s".formatted(wrong, kept, advice)));
  }

  private static HoldOrder order(SwitchReading read) {
    String migration = read.hold();
    return migration == null || read.holdLeft().isNegative()
        ? new HoldOrder.Open()
        : new HoldOrder.Wait(migration, read.holdLeft());
  }
}
