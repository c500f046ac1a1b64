package io.migrationmonkey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {

  private static final String OLD = "old-token-old-token-old-token-old-token";
  private static final String NEW = "new-token-new-token-new-token-new-token";

  @Test
  void aTokenIsKnownByItselfOrByItsDigestAndTwoOfOneNameOverlap() {
    Tokens tokens =
        Tokens.read(
            """
            # the old one goes tomorrow
            operating ann %s
            operating ann sha256:%s

            """
                .formatted(OLD, HexFormat.of().formatHex(Tokens.digest(NEW))));
    assertThat(tokens.size()).isEqualTo(2);
    Caller ann = new Caller(Role.OPERATING, "ann");
    assertThat(tokens.find(Tokens.digest(OLD))).contains(ann);
    assertThat(tokens.find(Tokens.digest(NEW))).contains(ann);
    assertThat(tokens.find(Tokens.digest(OLD + "x"))).isEmpty();
  }

  @Test
  void theDigestItselfIsNoToken() {
    String digest = "sha256:" + HexFormat.of().formatHex(Tokens.digest(NEW));
    Tokens tokens = Tokens.read("operating ann " + digest);
    assertThat(Credential.of("Bearer " + digest)).isEmpty();
    assertThat(tokens.find(Tokens.digest(digest.substring(7)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          viewing ann                                                   | line 1: it is not 'ROLE NAME TOKEN'
          owning ann secret-secret-secret-secret-secret-secret          | line 1: its first word is not viewing, operating, monitor or trigger
          viewing a/b secret-secret-secret-secret-secret-secret         | line 1: its name is not 1 to 64 letters
          viewing ann secret-secret                                     | line 1: its token is not 32 to 256 characters
          viewing ann secret-secret-secret-secret-secret-secret more    | line 1: it is not
          viewing ann sha256:secret                                     | line 1: its token is not
          # nothing                                                     | it has 0 tokens
          """)
  void aLineThatIsWrongIsNamedWithoutItsSecret(String text, String complaint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tokens.read(text))
        .withMessageContaining(complaint)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  @ParameterizedTest
  @CsvSource({
    "VIEWING, GET, /api/servers, true",
    "VIEWING, HEAD, /api/servers, true",
    "VIEWING, POST, /api/migrations, false",
    "VIEWING, DELETE, /api/pause, false",
    "VIEWING, PROPFIND, /api/pause, false",
    "VIEWING, get, /api/pause, false",
    "OPERATING, DELETE, /api/pause, true",
    "MONITOR, POST, /api/migrations, true",
    "MONITOR, POST, /api/parity/warm, true",
    "MONITOR, GET, /api/migrations/m20261126-034000-ab12, true",
    "MONITOR, GET, /api/migrations, true",
    "MONITOR, GET, /api/migrations/m1/events, false",
    "MONITOR, DELETE, /api/migrations/m1, false",
    "MONITOR, POST, /api/migrations/, false",
    "MONITOR, POST, /api/migrations;x, false",
    "MONITOR, PUT, /api/switch, false",
    "MONITOR, GET, /api/servers, false",
    "MONITOR, POST, /api/servers/backup/restarts, false",
    "TRIGGER, POST, /api/alerts, true",
    "TRIGGER, POST, /api/orders, true",
    "TRIGGER, GET, /api/memory, false",
    "TRIGGER, POST, /api/migrations, false",
  })
  void aRoleMayDoSoMuch(Role role, String method, String path, boolean allowed) {
    assertThat(role.may(method, path)).isEqualTo(allowed);
  }
}
