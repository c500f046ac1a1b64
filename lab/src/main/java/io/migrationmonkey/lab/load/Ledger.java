package io.migrationmonkey.lab.load;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the application promised to keep: every text that it acknowledged.
 *
 * <p>Texts are unique, so that each can be looked for afterwards. For any number of threads.
 */
public final class Ledger {

  private final String run;
  private final AtomicLong sequence = new AtomicLong();
  private final Map<String, Acknowledged> acknowledged = new ConcurrentHashMap<>();

  /**
   * An empty ledger.
   *
   * @param run begins every text; no other ledger may have it, nor one that begins with it
   */
  public Ledger(String run) {
    this.run = run;
  }

  /** A text that was never used before. */
  String nextText() {
    return prefix() + sequence.incrementAndGet();
  }

  /** The application says that it keeps this one. */
  void acknowledge(Acknowledged write) {
    acknowledged.put(write.text(), write);
  }

  public int acknowledged() {
    return acknowledged.size();
  }

  /** Every promise so far, in no order. */
  public List<Acknowledged> promises() {
    return List.copyOf(acknowledged.values());
  }

  /** Compares with all texts that a server holds, those of others among them. */
  public Verification verify(Collection<String> held) {
    return Verification.of(prefix(), acknowledged.keySet(), held);
  }

  private String prefix() {
    return run + "-";
  }
}
