package io.migrationmonkey.access;

import java.security.Principal;

/**
 * Who sent a request, as its token says. A controller takes it as a parameter.
 *
 * @param name the token's, never the token
 */
public record Caller(Role role, String name) implements Principal {

  @Override
  public String getName() {
    return name;
  }

  /** Who did it, for journals: what the caller says, or else the token's name. */
  public String by(@org.jspecify.annotations.Nullable String said) {
    return said == null || said.isBlank() ? name : said;
  }
}
