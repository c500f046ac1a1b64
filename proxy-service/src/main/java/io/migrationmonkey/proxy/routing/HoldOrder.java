package io.migrationmonkey.proxy.routing;

import java.time.Duration;

/** What the gate is to do about holding. */
public sealed interface HoldOrder {

  /** Nothing trustworthy is known: a hold that stands goes on to its own deadline. */
  record Keep() implements HoldOrder {}

  /** No hold stands. */
  record Open() implements HoldOrder {}

  /**
   * Hold.
   *
   * @param migration the id of the migration that asks for it
   * @param left how long from now, at most
   */
  record Wait(String migration, Duration left) implements HoldOrder {}
}
