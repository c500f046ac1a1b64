package io.migrationmonkey.migrator.packages;

/** Which of two versions is the newer one, by the rules of dpkg. */
final class DebianVersion {

  private DebianVersion() {}

  /** Below, at or above 0 as {@code a} is older than, as new as or newer than {@code b}. */
  static int compare(String a, String b) {
    int byEpoch = Long.compare(epoch(a), epoch(b));
    if (byEpoch != 0) {
      return byEpoch;
    }
    int byUpstream = comparePart(upstream(a), upstream(b));
    return byUpstream != 0 ? byUpstream : comparePart(revision(a), revision(b));
  }

  private static long epoch(String version) {
    int colon = version.indexOf(':');
    return colon < 0 ? 0 : Long.parseLong(version.substring(0, colon));
  }

  private static String upstream(String version) {
    String rest = version.substring(version.indexOf(':') + 1);
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private static String revision(String version) {
    int dash = version.lastIndexOf('-');
    return dash < 0 ? "" : version.substring(dash + 1);
  }

  /** By turns what is no digit, letter by letter, and what is digits, as a number. */
  private static int comparePart(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while (isText(a, i) || isText(b, j)) {
        int byText = Integer.compare(order(a, i), order(b, j));
        if (byText != 0) {
          return byText;
        }
        i++;
        j++;
      }
      int endOfNumberA = endOfNumber(a, i);
      int endOfNumberB = endOfNumber(b, j);
      int byNumber =
          compareNumbers(
              a.substring(Math.min(i, a.length()), endOfNumberA),
              b.substring(Math.min(j, b.length()), endOfNumberB));
      if (byNumber != 0) {
        return byNumber;
      }
      i = endOfNumberA;
      j = endOfNumberB;
    }
    return 0;
  }

  private static int compareNumbers(String a, String b) {
    String x = withoutLeadingZeros(a);
    String y = withoutLeadingZeros(b);
    return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
  }

  private static String withoutLeadingZeros(String digits) {
    int i = 0;
    while (i < digits.length() && digits.charAt(i) == '0') {
      i++;
    }
    return digits.substring(i);
  }

  private static boolean isText(String text, int i) {
    return i < text.length() && !isDigit(text.charAt(i));
  }

  private static int endOfNumber(String text, int from) {
    int i = Math.min(from, text.length());
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** A tilde sorts before the end, the end before letters, letters before all else. */
  private static int order(String text, int i) {
    if (i >= text.length() || isDigit(text.charAt(i))) {
      return 0;
    }
    char c = text.charAt(i);
    if (c == '~') {
      return -1;
    }
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter ? c : c + 256;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
