package io.migrationmonkey.monitor.watch;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that nobody sets: it begins with the server's time of day and goes on by the kernel's
 * monotonic clock. What was measured with it stays true when the server's clock is stepped.
 */
public final class SteadyClock extends Clock {

  private final Instant began;
  private final long nanosThen;

  public SteadyClock(Clock timeOfDay) {
    began = timeOfDay.instant();
    nanosThen = System.nanoTime();
  }

  @Override
  public Instant instant() {
    return began.plusNanos(System.nanoTime() - nanosThen);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("this clock stays in UTC");
  }
}
