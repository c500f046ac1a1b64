package io.migrationmonkey.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a page under docs/ that a test makes, between two marks. With {@code -Ddocs.write=true}
 * it is written, else compared, so that a page that is out of date fails the build.
 */
public final class GeneratedPart {

  private GeneratedPart() {}

  /**
   * @param page its name under docs/
   * @param what the part is, as in its marks: "settings of the proxy"
   */
  public static void check(String page, String what, String text) throws IOException {
    Path file = Path.of("..", "docs", page);
    String begin = "<!-- %s: written by a test -->\n".formatted(what);
    String end = "<!-- end of the %s -->".formatted(what);
    String there = Files.readString(file);
    assertThat(there).as("the marks in docs/%s", page).contains(begin).contains(end);
    int from = there.indexOf(begin) + begin.length();
    int to = there.indexOf(end);
    String part = "\n" + text + "\n";
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(file, there.substring(0, from) + part + there.substring(to));
    } else {
      assertThat(there.substring(from, to))
          .as("docs/%s is as it was: run this test with -Ddocs.write=true", page)
          .isEqualTo(part);
    }
  }
}
