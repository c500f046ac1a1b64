package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RfcDocumentTest {

  private static final Pattern NAMED = Pattern.compile("(\\w+Test)\\.(\\w+)");

  @Test
  void everyTestThatTheDocumentNamesExists() throws Exception {
    String document = Files.readString(Path.of("../docs/rfc.md"));
    List<MatchResult> named = NAMED.matcher(document).results().toList();
    assertThat(named).hasSizeGreaterThan(50);
    for (MatchResult each : named) {
      Class<?> test = Class.forName(getClass().getPackageName() + "." + each.group(1));
      assertThat(Arrays.stream(test.getDeclaredMethods()).map(Method::getName))
          .as("tests of %s", each.group(1))
          .contains(each.group(2));
    }
  }
}
