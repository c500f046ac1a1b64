package io.migrationmonkey.migrator.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ShellQuotingTest {

  @Property(tries = 300)
  void anyArgumentsComeOutOfARealShellAsTheyWentIn(@ForAll("arguments") List<String> arguments)
      throws Exception {
    assertThat(throughAShell(arguments)).isEqualTo(arguments);
  }

  @Example
  void whatAShellWouldActOnIsOnlyText() throws Exception {
    List<String> hostile =
        List.of(
            "$(touch /tmp/pwned)",
            "`id`",
            "; rm -rf /",
            "a'b\"c\\",
            "-n",
            "",
            " ",
            "*",
            "~",
            "!!",
            "line\nbreak\r\t",
            "'",
            "''",
            "$1",
            "#",
            "&&",
            "é ü 漢 🐒");

    assertThat(throughAShell(hostile)).isEqualTo(hostile);
  }

  @Example
  void aNulIsRefused() {
    assertThatThrownBy(() -> ShellQuoting.quote(List.of("a", "b\0c")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NUL");
  }

  @Example
  void halfACharacterIsRefused() {
    assertThatThrownBy(() -> ShellQuoting.quote(List.of("\uD83D")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("surrogate");
  }

  @Provide
  Arbitrary<List<String>> arguments() {
    Arbitrary<String> anything =
        Arbitraries.strings()
            .all()
            .excludeChars('\0')
            .ofMaxLength(40)
            .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
    Arbitrary<String> shellish =
        Arbitraries.strings().withChars("'\"\\$`!*?[]{}()<>|&;#~=% \t\n\ra-").ofMaxLength(20);
    return Arbitraries.oneOf(anything, shellish).list().ofMinSize(1).ofMaxSize(8);
  }

  private static List<String> throughAShell(List<String> arguments)
      throws IOException, InterruptedException {
    List<String> words = Stream.concat(Stream.of("printf", "%s\\0"), arguments.stream()).toList();
    Process shell = new ProcessBuilder("sh", "-c", ShellQuoting.quote(words)).start();
    String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return Stream.of(printed.split("\0", -1)).limit(arguments.size()).toList();
  }
}
