package io.migrationmonkey.access;

/**
 * Paths that have a door of their own: the filter passes them on without a look at any token, and
 * whoever declares this bean guards them.
 */
@FunctionalInterface
public interface Doorway {

  /**
   * Whether that path is its to guard.
   *
   * @param path as it was sent: whatever is encoded or dotted in it must not be one
   */
  boolean guards(String path);
}
