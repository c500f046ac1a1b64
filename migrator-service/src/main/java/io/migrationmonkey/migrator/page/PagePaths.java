package io.migrationmonkey.migrator.page;

import io.migrationmonkey.access.Doorway;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * The paths of the page, for which a session counts and nothing else does; and the other way round:
 * a session counts for nothing else.
 */
@Component
final class PagePaths implements Doorway {

  static final String LOGIN = "/page/login";

  /** No dot that could climb, no semicolon, nothing encoded. */
  private static final Pattern PAGE = Pattern.compile("/|/page(/[A-Za-z0-9_-]+(\\.[a-z]{2,4})?)+");

  /** How the page looks, which is no secret. */
  private static final Set<String> ASSETS =
      Set.of("/page/page.css", "/page/page.js", "/page/icon.svg");

  @Override
  public boolean guards(String path) {
    return PAGE.matcher(path).matches();
  }

  /** Whether whoever has not come in yet may have it. */
  static boolean open(String path) {
    return path.equals(LOGIN) || asset(path);
  }

  /** Whether a browser may keep it. */
  static boolean asset(String path) {
    return ASSETS.contains(path);
  }

  /** Fetched by the page's script: a form for logging in would be of no use there. */
  static boolean forScript(String path) {
    return path.startsWith("/page/regions/") || path.equals("/page/changes");
  }
}
