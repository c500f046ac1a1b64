package io.migrationmonkey.lab.load;

/**
 * A write that a server promised to keep: it took it at some moment between these two.
 *
 * @param server who says that it answered
 * @param sentAt by {@link System#nanoTime()}
 * @param answeredAt by the same
 */
public record Acknowledged(String text, String server, long sentAt, long answeredAt) {

  /** True when it was over before the other one was begun, wherever that one went. */
  public boolean before(Acknowledged other) {
    return answeredAt < other.sentAt;
  }
}
