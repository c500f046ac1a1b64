package io.migrationmonkey.contract;

import java.time.Duration;

/**
 * The lease: who may act on the servers now. Its value is a token that only grows, a space, and the
 * holder's name. A lease that is taken fences every earlier holder: no flip of theirs can land any
 * more.
 */
public final class LeaseKey {

  /** The lease itself; it always has a time to live. */
  public static final String LEASE = "migration:lease";

  /** The newest token. */
  public static final String TOKEN = "migration:token";

  /** A holder that died is followed by another after this. */
  public static final Duration TTL = Duration.ofSeconds(10);

  /** A warm run's name begins with it; its lease is given to any other that asks. */
  public static final String WARM = "warm-";

  /** Restart Monkey's name begins with it, the server's name follows. */
  public static final String RESTART = "restart-";

  /**
   * Script: takes the lease unless another has it. Keys: {@link #LEASE}, {@link #TOKEN}; arguments:
   * the holder's name and for how many milliseconds. Answers the lease's value, or nothing.
   */
  public static final String TAKE =
      """
      local held = redis.call('GET', KEYS[1])
      if held and (string.find(ARGV[1], '^warm%-') or not string.find(held, '^%d+ warm%-')) then
        return false end
      local value = redis.call('INCR', KEYS[2]) .. ' ' .. ARGV[1]
      redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
      return value
      """;

  /** Script: deletes the key if its value is that argument, as one gives back a lease. */
  public static final String DELETE_IF_OURS =
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
      redis.call('DEL', KEYS[1])
      return true
      """;

  private LeaseKey() {}
}
