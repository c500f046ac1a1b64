package io.migrationmonkey.migrator.packages;

import java.util.Locale;

/**
 * What becomes of one package, for a person or a program that asks.
 *
 * @param name as {@code name:architecture}
 * @param version the active server's; the standby's where only that has it
 */
public record PackageCase(Case what, String name, String version) {

  /** The cases there are. A package may be in several, such as installed and held. */
  public enum Case {
    INSTALL("to install"),
    CHANGE("to change to the active server's version"),
    FROM_NO_REPOSITORY("from no repository, to be repacked"),
    NO_LONGER_SERVED("no longer served at that version"),
    HELD("held"),
    FOREIGN_ARCHITECTURE("of another architecture"),
    HOST_BOUND("left out, since they belong to the machine"),
    NEWER("newer on the standby, where they stay so"),
    EXTRA("on the standby alone, where they stay"),
    ALREADY_THERE("there already");

    private final String words;

    Case(String words) {
      this.words = words;
    }

    /** For a person. */
    public String words() {
      return words;
    }
  }

  static PackageCase of(Case what, DebianPackage p) {
    return new PackageCase(what, p.key(), p.version());
  }

  /** For a journal: three words in a row. */
  @Override
  public String toString() {
    return "%s %s %s".formatted(what.name().toLowerCase(Locale.ROOT), name, version);
  }
}
