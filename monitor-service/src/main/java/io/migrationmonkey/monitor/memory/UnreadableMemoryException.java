package io.migrationmonkey.monitor.memory;

/** The memory could not be read. The message says which file, and what is wrong with it. */
public final class UnreadableMemoryException extends Exception {

  private static final long serialVersionUID = 1L;

  UnreadableMemoryException(String message) {
    super(message);
  }

  UnreadableMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
