package io.migrationmonkey.migrator.packages;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Patterns in which {@code *} and {@code ?} stand for anything. */
final class Globs {

  private Globs() {}

  static Predicate<String> anyOf(List<String> globs) {
    List<Pattern> patterns = globs.stream().map(Globs::pattern).toList();
    return text -> patterns.stream().anyMatch(pattern -> pattern.matcher(text).matches());
  }

  private static Pattern pattern(String glob) {
    return Pattern.compile(
        glob.chars()
            .mapToObj(c ->
                switch (c) {
                  case '*' -> ".*";
                  case '?' -> ".";
                  default -> Pattern.quote(Character.toString(c));
                })
            .collect(Collectors.joining()),
        Pattern.DOTALL);
  }
}
