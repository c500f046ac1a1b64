package io.migrationmonkey.migrator.application;

import java.util.List;

/**
 * What is copied, measured and compared: the same on both servers.
 *
 * @param paths absolute
 */
public record DataSet(List<String> paths, List<Exclude> excludes) {

  public DataSet {
    paths = List.copyOf(paths);
    excludes = List.copyOf(excludes);
  }

  /** All that lies under the paths. */
  public static DataSet of(String... paths) {
    return new DataSet(List.of(paths), List.of());
  }
}
