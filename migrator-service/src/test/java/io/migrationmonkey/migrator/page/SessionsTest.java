package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.access.Caller;
import io.migrationmonkey.access.Role;
import io.migrationmonkey.contract.ManualClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionsTest {

  private static final Caller ANN = new Caller(Role.OPERATING, "ann");

  private final ManualClock clock = new ManualClock();
  private Optional<Caller> inTheFile = Optional.of(ANN);
  private final Sessions sessions = new Sessions(pass -> inTheFile, clock);

  @Test
  void aSessionEndsTwelveHoursAfterItsBeginningHoweverBusyItIs() {
    String cookie = sessions.begin(ANN, null).reveal();
    for (int hour = 1; hour < 12; hour++) {
      clock.advance(Duration.ofHours(1));
      assertThat(sessions.find(cookie)).isPresent();
    }
    clock.advance(Duration.ofMinutes(59).plusSeconds(59));
    assertThat(sessions.find(cookie)).isPresent();
    clock.advance(Duration.ofSeconds(1));
    assertThat(sessions.find(cookie)).isEmpty();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void aSessionEndsWithItsToken() {
    String cookie = sessions.begin(ANN, null).reveal();
    inTheFile = Optional.empty();
    assertThat(sessions.find(cookie)).isEmpty();
    inTheFile = Optional.of(ANN);
    assertThat(sessions.find(cookie)).as("it does not come back with it").isEmpty();
  }

  @Test
  void aTokenThatIsForLookingNowLetsItsSessionOnlyLook() {
    String cookie = sessions.begin(ANN, null).reveal();
    assertThat(sessions.find(cookie).orElseThrow().operates()).isTrue();
    inTheFile = Optional.of(new Caller(Role.VIEWING, "ann"));
    assertThat(sessions.find(cookie).orElseThrow().operates()).isFalse();
  }

  @Test
  void aTokenThatBecameAnothersEndsTheSession() {
    String cookie = sessions.begin(ANN, null).reveal();
    inTheFile = Optional.of(new Caller(Role.OPERATING, "bob"));
    assertThat(sessions.find(cookie)).isEmpty();
  }

  @Test
  void whoLogsOutIsOut() {
    String cookie = sessions.begin(ANN, null).reveal();
    sessions.end(sessions.find(cookie).orElseThrow().key());
    assertThat(sessions.find(cookie)).isEmpty();
  }

  @Test
  void theOldestMakesRoomWhereThereAreTooMany() {
    String first = sessions.begin(ANN, null).reveal();
    String second = sessions.begin(ANN, null).reveal();
    for (int i = 2; i <= Sessions.AT_ONCE; i++) {
      sessions.begin(ANN, null);
    }
    assertThat(sessions.size()).isEqualTo(Sessions.AT_ONCE);
    assertThat(sessions.find(first)).isEmpty();
    assertThat(sessions.find(second)).isPresent();
  }

  @Test
  void noTwoSessionsHaveTheSameSecretsAndEachIs256Bits() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String cookie = sessions.begin(ANN, null).reveal();
      assertThat(cookie).matches("[A-Za-z0-9_-]{43}");
      assertThat(seen.add(cookie)).isTrue();
      assertThat(seen.add(sessions.find(cookie).orElseThrow().csrf().reveal())).isTrue();
    }
    assertThat(Secret.fresh().toString()).isEqualTo("a secret");
  }

  @Test
  void whatIsNoCookieOfOursIsNobodys() {
    sessions.begin(ANN, null);
    assertThat(sessions.find("")).isEmpty();
    assertThat(sessions.find("x".repeat(43))).isEmpty();
  }
}
