package io.migrationmonkey.migrator.packages;

import java.util.regex.Pattern;

/**
 * A file that goes with the packages, as it is on the active server.
 *
 * @param changed whether it says something else than its package brought; true of what no package
 *     brought
 */
record PortableFile(Kind kind, String owner, String path, String sha256, boolean changed) {

  /** What it is for. */
  enum Kind {
    /** Repositories. */
    SOURCES("repositories"),
    /** Keys that prove what repositories send. */
    KEY("keys of repositories"),
    /** Which repository comes first for what. */
    PREFERENCES("preferences among repositories"),
    /** Names and passwords for repositories. */
    LOGIN("logins for repositories"),
    /** A configuration file of a package. */
    CONFFILE("configuration files");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private static final Pattern PATH = Pattern.compile("/[^\\p{Cntrl}\\\\\uFFFD]+");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  PortableFile {
    if (!isPath(path) || !SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("'%s' is no path of a configuration file".formatted(path));
    }
  }

  /** Absolute, without a detour, and without a character that a terminal takes for a command. */
  static boolean isPath(String text) {
    return PATH.matcher(text).matches()
        && text.length() < 4096
        && java.nio.file.Path.of(text).normalize().toString().equals(text);
  }
}
