package io.migrationmonkey.migrator.ssh;

/** A command answered something else than it should. Carries the head of what it said. */
public final class MalformedOutput extends RuntimeException {

  private static final int HEAD = 300;

  private final String head;

  /**
   * @param expected what should have come, such as {@code "lines of name, architecture, version"}
   * @param output what came instead, as much of it as is at hand
   */
  public MalformedOutput(String expected, String output) {
    super("expected %s, but it reads: %s".formatted(expected, head(output)));
    this.head = head(output);
  }

  /** The first 300 characters of the output. */
  public String head() {
    return head;
  }

  private static String head(String output) {
    return output.length() <= HEAD ? output : output.substring(0, HEAD) + "…";
  }
}
