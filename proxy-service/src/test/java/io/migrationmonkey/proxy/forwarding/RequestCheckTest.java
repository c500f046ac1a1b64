package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCheckTest {

  // RFC 3986, as a whole.
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(:\\d{0,5})?");

  @ParameterizedTest
  @ValueSource(
      strings = {"", "app", "app:80", "app:", "10.0.0.1:8080", "[::1]", "[::1]:443", "a_b%20"})
  void namesAndAddressesAreAuthorities(String text) {
    assertThat(RequestCheck.isAuthority(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "user@app",
        "app:8a",
        "app:123456",
        "[::1",
        "[]",
        "[g]",
        "[::1]x",
        "a/b",
        "::1",
        "é"
      })
  void anythingElseIsNot(String text) {
    assertThat(RequestCheck.isAuthority(text)).isFalse();
  }

  @Property
  void whatIsAnAuthorityIsWhatTheGrammarSays(@ForAll("nearAuthorities") String text) {
    assertThat(RequestCheck.isAuthority(text)).isEqualTo(AUTHORITY.matcher(text).matches());
  }

  @Provide
  Arbitrary<String> nearAuthorities() {
    return Arbitraries.strings().withChars("[]:.09afgZ-_@/ %\u00e9").ofMaxLength(12);
  }
}
