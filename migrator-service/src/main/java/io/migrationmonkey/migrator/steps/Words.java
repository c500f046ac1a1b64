package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.steps.OrderRefused.Why;
import org.jspecify.annotations.Nullable;

/** What people say of themselves and of their reasons, as far as it can be kept and shown. */
final class Words {

  private Words() {}

  /**
   * @param what that the reason is for, for example {@code the application moves}
   * @throws OrderRefused where it is missing, too long or not plain text
   */
  static String reason(@Nullable String reason, String what) {
    if (reason == null || reason.isBlank() || reason.length() > 500 || !plain(reason)) {
      throw new OrderRefused(
          Why.MALFORMED,
          "'reason' is missing: say in up to 500 plain characters why %s".formatted(what));
    }
    return reason.strip();
  }

  /**
   * @throws OrderRefused where it is too long or not plain text
   */
  static String by(@Nullable String by, String otherwise) {
    if (by == null || by.isBlank()) {
      return otherwise;
    }
    if (by.length() > 100 || !plain(by)) {
      throw new OrderRefused(Why.MALFORMED, "'by' must be a name of up to 100 plain characters");
    }
    return by.strip();
  }

  private static boolean plain(String text) {
    return text.codePoints().noneMatch(Character::isISOControl);
  }
}
