package io.migrationmonkey.proxy.forwarding;

/** Somebody at a worker's door: a connection, or a stream of one. */
interface Client {

  /** The proxy stops: what is idle ends now, what is busy with its response. */
  void stop();

  /**
   * Looks at what should have happened by now.
   *
   * @param sinceLast milliseconds since the last look
   */
  void checkTime(long now, long sinceLast);
}
