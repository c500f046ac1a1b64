package io.migrationmonkey.migrator.page;

import java.util.Locale;

/** How something looks: the name of a class in the style sheet. Words say the same. */
enum Tone {
  GOOD,
  WARN,
  BAD,
  BUSY,
  PLAIN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
