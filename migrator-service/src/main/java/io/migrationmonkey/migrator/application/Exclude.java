package io.migrationmonkey.migrator.application;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A pattern as rsync's {@code --exclude} takes it. Without a slash it is any file's or directory's
 * name; with one in front a path from the root; with one further in, the end of a path; a slash at
 * its end means directories only. {@code *} and {@code ?} stop at a slash, {@code **} does not.
 * What lies in an excluded directory is excluded too.
 */
public record Exclude(String pattern) {

  // Brackets and backslashes mean different things to different versions; the rest is rsync's own.
  private static final Pattern REFUSED =
      Pattern.compile("[\\[\\]\\\\]|\\p{Cntrl}|\\*{3}|//|^[-+!]( |$)|^/?$");

  public Exclude {
    if (REFUSED.matcher(pattern).find()) {
      throw new IllegalArgumentException(
          "monkey.application.exclude holds '%s': it must be a name like '*.tmp' or a path like '/var/lib/guestbook/cache/', with *, ** and ? but without brackets, backslashes and control characters"
              .formatted(pattern));
    }
  }

  /** Whether the path, or a directory above it, is excluded. */
  public boolean covers(String path) {
    String bytes = bytes(path);
    Pattern regex = Pattern.compile(regex(), Pattern.DOTALL);
    return regex.matcher(bytes + "/").find();
  }

  /**
   * What is left out, as a regular expression for Java and Perl alike over bytes. A path to a
   * directory must have a slash at its end; then what lies in it matches too.
   */
  String regex() {
    boolean directory = pattern.endsWith("/");
    String body = bytes(directory ? pattern.substring(0, pattern.length() - 1) : pattern);
    boolean anchored = body.startsWith("/");
    StringBuilder regex = new StringBuilder(anchored ? "^/" : "^(?:.*/)?");
    for (int i = anchored ? 1 : 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c == '*' && i + 1 < body.length() && body.charAt(i + 1) == '*') {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else {
        regex.append("\\x%02x".formatted((int) c));
      }
    }
    return regex.append(directory ? "/" : "(?:/|\\z)").toString();
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
