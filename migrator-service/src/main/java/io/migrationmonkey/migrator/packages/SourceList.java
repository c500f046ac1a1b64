package io.migrationmonkey.migrator.packages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of apt's lists of repositories, in either of its two spellings.
 *
 * @param local addresses of repositories that are on this server's own disks
 * @param remote whether there are others
 */
record SourceList(List<String> local, boolean remote) {

  private static final Pattern ONE_LINE =
      Pattern.compile("\\s*deb(?:-src)?\\s+(?:\\[[^\\]]*\\]\\s*)?(cdrom:\\[[^\\]]*\\]|\\S+).*");
  private static final Pattern ELSEWHERE =
      Pattern.compile("(?i)(?:\\w+\\+)?(?:https?|ftp|s3|mirror\\+https?|mirror|tor|ssh|rsh):.*");

  static SourceList read(String path, List<String> lines) {
    List<String> addresses =
        path.endsWith(".sources")
            ? paragraphs(lines)
            : lines.stream()
                .flatMap(line -> {
                  Matcher entry = ONE_LINE.matcher(line);
                  return entry.matches()
                      ? java.util.stream.Stream.of(entry.group(1))
                      : java.util.stream.Stream.of();
                })
                .toList();
    List<String> local =
        addresses.stream().filter(a -> !ELSEWHERE.matcher(a).matches()).distinct().toList();
    return new SourceList(local, addresses.stream().anyMatch(a -> ELSEWHERE.matcher(a).matches()));
  }

  /** Whether nothing in it is of use on another server. */
  boolean staysHere() {
    return !remote && !local.isEmpty();
  }

  private static List<String> paragraphs(List<String> lines) {
    List<String> addresses = new ArrayList<>();
    List<String> paragraph = new ArrayList<>();
    boolean enabled = true;
    boolean inAddresses = false;
    for (String line : lines) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (line.isBlank()) {
        addresses.addAll(enabled ? paragraph : List.of());
        paragraph.clear();
        enabled = true;
        inAddresses = false;
      } else if (lower.startsWith("enabled:")) {
        enabled = !lower.substring(8).strip().matches("no|false|off|0|without|disable");
        inAddresses = false;
      } else if (lower.startsWith("uris:")) {
        paragraph.addAll(words(line.substring(5)));
        inAddresses = true;
      } else if (line.startsWith(" ") || line.startsWith("\t")) {
        paragraph.addAll(inAddresses ? words(line) : List.of());
      } else if (!line.startsWith("#")) {
        inAddresses = false;
      }
    }
    addresses.addAll(enabled ? paragraph : List.of());
    return addresses;
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }
}
