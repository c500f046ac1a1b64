package io.migrationmonkey.proxy.forwarding;

/** Somebody at a worker's door: a connection, or a stream of one. */
interface Client {

  /**
   * The proxy stops: what is busy ends with its response.
   *
   * @param closeIdle whether what is idle ends now, or with the next response
   */
  void stop(boolean closeIdle);

  /**
   * Looks at what should have happened by now.
   *
   * @param sinceLast milliseconds since the last look
   */
  void checkTime(long now, long sinceLast);
}
