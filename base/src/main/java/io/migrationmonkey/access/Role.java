package io.migrationmonkey.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a token is for. */
public enum Role {
  /** Looks, and changes nothing. */
  VIEWING {
    @Override
    boolean may(String method, String path) {
      return looks(method);
    }
  },
  /** Does anything. */
  OPERATING {
    @Override
    boolean may(String method, String path) {
      return true;
    }
  },
  /** A monitor's: orders migrations and warm runs, and looks at what became of migrations. */
  MONITOR {
    @Override
    boolean may(String method, String path) {
      return method.equals("GET")
          ? path.equals("/api/migrations") || ONE_MIGRATION.matcher(path).matches()
          : method.equals("POST")
              && (path.equals("/api/migrations") || path.equals("/api/parity/warm"));
    }
  },
  /** Alertmanager's, or a script's: rings at a monitor, which then orders for itself. */
  TRIGGER {
    @Override
    boolean may(String method, String path) {
      return method.equals("POST") && (path.equals("/api/orders") || path.equals("/api/alerts"));
    }
  };

  private static final Pattern ONE_MIGRATION = Pattern.compile("/api/migrations/[A-Za-z0-9-]+");

  /**
   * Whether that call is its to make.
   *
   * @param path as it was sent: whatever is encoded or dotted in it matches nothing
   */
  abstract boolean may(String method, String path);

  static boolean looks(String method) {
    return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
  }

  /**
   * @throws IllegalArgumentException saying which there are
   */
  static Role named(String word) {
    return Arrays.stream(values())
        .filter(role -> role.toString().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "its first word is not viewing, operating, monitor or trigger"));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
