package io.migrationmonkey.proxy.forwarding;

/** Somebody at a worker's door: a connection, or a stream of one. */
interface Client {

  /**
   * The proxy stops: what is busy ends with its response, what is idle now or, where {@link
   * Worker#closesIdle} says no, after one more.
   */
  void stop();

  /**
   * Looks at what should have happened by now.
   *
   * @param sinceLast milliseconds since the last look
   */
  void checkTime(long now, long sinceLast);
}
