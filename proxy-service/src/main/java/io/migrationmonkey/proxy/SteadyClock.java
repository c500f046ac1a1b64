package io.migrationmonkey.proxy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The system's clock as it stood at the start, carried on by the machine's steady counter: setting
 * the system's time neither prolongs a hold nor ends it.
 */
final class SteadyClock extends Clock {

  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }

  @Override
  public long millis() {
    return start.toEpochMilli() + (System.nanoTime() - startNanos) / 1_000_000;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("a steady clock stays in UTC");
  }
}
