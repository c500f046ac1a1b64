package io.migrationmonkey.monitor.orders;

import java.net.URI;
import java.time.Instant;

/**
 * Where this monitor stands with its order.
 *
 * <pre>
 *            exhausted and active          202
 *   ARMED ──────────────────────▶ WANTED ─────▶ ORDERED
 *     ▲                            ▲  │           │ the migration ended,
 *     │ calm, or standby:          │  │ refused   │ and this server is still active
 *     │ from any state             │  ▼           ▼
 *     └─────                       └─ PAUSED ◀────┘
 *                       after 60 s, with a new key
 * </pre>
 */
public sealed interface OrderState {

  /** Nothing is ordered, and the next exhaustion will be. */
  record Armed() implements OrderState {}

  /**
   * A migration is wanted and nobody has taken the order yet.
   *
   * @param key one for the whole episode, so that asking twice gives one migration
   * @param failures how often the migrator did not answer, in a row
   * @param due when to ask next
   */
  record Wanted(String key, int failures, Instant due) implements OrderState {}

  /**
   * The migrator took the order.
   *
   * @param location of the migration
   * @param due when to look at it next
   */
  record Ordered(String key, URI location, Instant due) implements OrderState {}

  /**
   * The order came to nothing and this server is still active and exhausted.
   *
   * @param until when to order anew
   */
  record Paused(Instant until) implements OrderState {}
}
