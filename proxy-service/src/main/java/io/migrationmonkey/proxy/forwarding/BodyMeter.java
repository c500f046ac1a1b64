package io.migrationmonkey.proxy.forwarding;

/** Holds one request's body to its limits: how large it may be, and how slowly it may come. */
final class BodyMeter {

  private static final long GRACE_MILLIS = 30_000;

  private final long maxBytes;
  private final long minBytesPerSecond;
  private long bytes;
  private long waited;

  BodyMeter(long maxBytes, long minBytesPerSecond) {
    this.maxBytes = maxBytes;
    this.minBytesPerSecond = minBytesPerSecond;
  }

  /** Counts what came; true when that is more than may come. */
  boolean tooLarge(long came) {
    bytes += came;
    return maxBytes > 0 && bytes > maxBytes;
  }

  /** Counts time that the client alone took; true when its body comes too slowly altogether. */
  boolean tooSlow(long millis) {
    waited += millis;
    return waited > GRACE_MILLIS && bytes * 1000 < minBytesPerSecond * waited;
  }

  long bytes() {
    return bytes;
  }
}
