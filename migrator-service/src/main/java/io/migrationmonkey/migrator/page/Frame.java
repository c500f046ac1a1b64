package io.migrationmonkey.migrator.page;

import org.jspecify.annotations.Nullable;

/**
 * What every page has around it.
 *
 * @param changes what its script asks to be told of; null where nothing changes
 * @param name the token's; null for who is not logged in
 * @param role what it is for
 */
record Frame(
    String title,
    @Nullable String changes,
    @Nullable String name,
    @Nullable String role,
    @Nullable String csrf) {

  static Frame of(String title, @Nullable String changes, Session session) {
    return new Frame(
        title,
        changes,
        session.caller().name(),
        session.caller().role().toString(),
        session.csrf().reveal());
  }

  static Frame closed(String title) {
    return new Frame(title, null, null, null, null);
  }
}
