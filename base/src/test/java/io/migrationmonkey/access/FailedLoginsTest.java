package io.migrationmonkey.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.access.FailedLogins.Failure;
import io.migrationmonkey.contract.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {

  private final ManualClock clock = new ManualClock();
  private final FailedLogins logins = new FailedLogins(clock);

  @Test
  void thePauseDoublesUpToItsBound() {
    assertThat(FailedLogins.pauseAfter(FailedLogins.FREE)).isZero();
    assertThat(FailedLogins.pauseAfter(FailedLogins.FREE + 1)).hasMillis(200);
    assertThat(FailedLogins.pauseAfter(FailedLogins.FREE + 2)).hasMillis(400);
    assertThat(FailedLogins.pauseAfter(FailedLogins.FREE + 6)).hasMillis(6400);
    assertThat(FailedLogins.pauseAfter(FailedLogins.FREE + 7)).hasSeconds(10);
    assertThat(FailedLogins.pauseAfter(Integer.MAX_VALUE)).hasSeconds(10);
  }

  @Test
  void aThousandWrongOnesTakeHoursWhereEachWaitsAsItMust() {
    Instant start = clock.instant();
    for (int guess = 0; guess < 1000; guess++) {
      Duration pause = logins.pause("192.0.2.1", digest(guess));
      if (pause != null) {
        clock.advance(pause);
      }
      assertThat(logins.failed("192.0.2.1", digest(guess)).failures()).isEqualTo(guess + 1);
    }
    assertThat(Duration.between(start, clock.instant())).isGreaterThan(Duration.ofHours(2));
  }

  @Test
  void aPausedPeersUnknownTokensAreNotLookedAtAndItsProvenOnesAre() {
    byte[] good = digest(-1);
    logins.succeeded("192.0.2.1", good);
    fail("192.0.2.1", 5);
    assertThat(logins.pause("192.0.2.1", digest(9))).isPositive();
    assertThat(logins.pause("192.0.2.1", good)).isNull();
    assertThat(logins.pause("192.0.2.2", digest(9))).isNull();
    Failure next = logins.failed("192.0.2.1", digest(9));
    assertThat(next.unheard()).isEqualTo(1);
    assertThat(next.failures()).isEqualTo(6);
  }

  @Test
  void aProvenTokenThatHasBecomeWrongIsNotProvenAnyMore() {
    byte[] token = digest(-1);
    logins.succeeded("192.0.2.1", token);
    for (int i = 0; i < 5; i++) {
      logins.failed("192.0.2.1", token);
    }
    assertThat(logins.pause("192.0.2.1", token)).isPositive();
  }

  @Test
  void aGoodTokenDoesNotUndoTheWrongOnesButTimeDoes() {
    fail("192.0.2.1", 6);
    logins.succeeded("192.0.2.1", digest(-1));
    assertThat(logins.failed("192.0.2.1", digest(7)).failures()).isEqualTo(7);
    clock.advance(FailedLogins.FORGOTTEN_AFTER.plusSeconds(1));
    assertThat(logins.failed("192.0.2.1", digest(8)).failures()).isEqualTo(1);
  }

  @Test
  void anIpv6HostIsOnePeerWhicheverOfItsAddressesItSendsFrom() {
    fail("2001:db8:1:2::1", 5);
    assertThat(logins.pause("2001:db8:1:2:ffff::9", digest(9))).isPositive();
    assertThat(logins.pause("2001:db8:1:3::1", digest(9))).isNull();
    assertThat(logins.pause("fe80::1%eth0", digest(9))).isNull();
  }

  @Test
  void itRemembersNoMorePeersThanItsBound() {
    for (int i = 0; i < 3 * FailedLogins.PEERS; i++) {
      fail("10.1.%d.%d".formatted(i / 250, i % 250), 1);
    }
    assertThat(logins.size()).isEqualTo(FailedLogins.PEERS);
  }

  private void fail(String peer, int times) {
    for (int i = 0; i < times; i++) {
      logins.failed(peer, digest(i));
    }
  }

  private static byte[] digest(int number) {
    return Tokens.digest("token-" + number);
  }
}
