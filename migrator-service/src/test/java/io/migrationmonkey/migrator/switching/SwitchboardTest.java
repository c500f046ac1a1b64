package io.migrationmonkey.migrator.switching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.SwitchRecord;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.switching.Switchboard.Fate;
import io.migrationmonkey.migrator.switching.Switchboard.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class SwitchboardTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private static RealRedis redis;
  private static LettuceConnectionFactory connections;
  private static StringRedisTemplate template;

  private final Switchboard board = new Switchboard(template, new ManualClock());

  @BeforeAll
  static void start() {
    redis = RealRedis.started();
    connections = new LettuceConnectionFactory("127.0.0.1", redis.port());
    connections.start();
    template = new StringRedisTemplate(connections);
  }

  @AfterAll
  static void stop() {
    connections.destroy();
    redis.close();
  }

  @BeforeEach
  void empty() {
    template.getRequiredConnectionFactory().getConnection().serverCommands().flushAll();
  }

  @Test
  void aNewRedisIsSetToProduction() {
    assertThat(board.initialise()).isTrue();
    assertThat(template.opsForValue().get("switch")).isEqualTo("false");
    assertThat(board.read()).isEqualTo(new SwitchState(ServerName.PRODUCTION, 1, "migrator"));
  }

  @Test
  void aSwitchThatStandsIsLeftAsItIs() {
    template.opsForValue().set("switch", "true");
    assertThat(board.initialise()).isFalse();
    assertThat(board.read().active()).isEqualTo(ServerName.BACKUP);
  }

  @Test
  void aMissingSwitchIsNotFalse() {
    assertThatExceptionOfType(SwitchUnknown.class)
        .isThrownBy(board::read)
        .withMessageContaining("PUT /api/switch");
  }

  @Test
  void aMalformedSwitchIsSaidToBe() {
    template.opsForValue().set("switch", "TRUE");
    assertThatExceptionOfType(SwitchUnknown.class)
        .isThrownBy(board::read)
        .withMessageContaining("TRUE");
  }

  @Test
  void oneLeaseAtATime() {
    Lease first = board.lease("m1").orElseThrow();
    assertThat(board.lease("m2")).isEmpty();
    assertThat(board.leased()).contains(first);
    board.giveBack(first);
    assertThat(board.lease("m2").orElseThrow().token()).isGreaterThan(first.token());
  }

  @Test
  void aMigrationTakesTheLeaseFromAWarmRunWhichFindsOut() {
    Switchboard other = new Switchboard(template, new ManualClock());
    Lease warm = other.lease("warm-1").orElseThrow();
    assertThat(warm.warm()).isTrue();

    Lease migration = board.lease("m1").orElseThrow();

    assertThat(migration.token()).isGreaterThan(warm.token());
    assertThat(other.leased()).contains(migration);
    assertThat(other.keep(warm)).isEqualTo(Switchboard.Renewal.LOST);
    other.giveBack(warm);
    assertThat(board.leased()).contains(migration);
    assertThat(board.keep(migration)).isEqualTo(Switchboard.Renewal.KEPT);
  }

  @Test
  void aWarmRunTakesNobodysLease() {
    board.lease("warm-1").orElseThrow();
    assertThat(board.lease("warm-2")).isEmpty();
    board.lease("m1").orElseThrow();
    assertThat(board.lease("warm-3")).isEmpty();
    assertThat(board.lease("m2")).isEmpty();
  }

  @Test
  void anIdThatOnlyHoldsTheWordIsNoWarmRuns() {
    board.lease("m1 warm-2").orElseThrow();
    assertThat(board.lease("m2")).isEmpty();
  }

  @Test
  void aLeaseThatRanOutIsTakenAgainUnlessSomebodyElseHadOne() {
    Lease first = board.lease("m1").orElseThrow();
    template.delete("migration:lease");
    assertThat(board.keep(first)).isEqualTo(Renewal.KEPT);
    assertThat(board.leased()).contains(first);
    template.delete("migration:lease");
    Lease second = board.lease("m2").orElseThrow();
    assertThat(board.keep(first)).isEqualTo(Renewal.LOST);
    board.giveBack(second);
    assertThat(board.keep(first)).isEqualTo(Renewal.LOST);
  }

  @Test
  void aFlipMovesSwitchRecordAndHoldTogether() {
    board.initialise();
    SwitchState seen = board.read();
    Lease lease = board.lease("m1").orElseThrow();
    board.hold(lease, LONG);
    assertThat(template.getExpire(SwitchKey.HOLD)).isBetween(50L, 60L);
    assertThat(board.landed("m1")).isFalse();

    assertThat(board.flip(lease, seen, "memory", true)).isEqualTo(2);

    assertThat(template.opsForValue().get("switch")).isEqualTo("true");
    assertThat(template.hasKey(SwitchKey.HOLD)).isFalse();
    Map<String, String> hash = template.<String, String>opsForHash().entries(SwitchKey.RECORD);
    assertThat(SwitchRecord.of(hash).active()).isEqualTo(ServerName.BACKUP);
    assertThat(SwitchRecord.of(hash).by()).isEqualTo("m1");
    assertThat(board.landed("m1")).isTrue();
  }

  @Test
  void aFlipIsRefusedOnceItsHoldHasRunOut() {
    Lease lease = ready();
    template.delete(SwitchKey.HOLD);
    refused(lease, "hold ran out");
  }

  @Test
  void aFlipIsRefusedOnceItsLeaseIsAnothers() {
    Lease lease = ready();
    board.giveBack(lease);
    board.lease("m2").orElseThrow();
    refused(lease, "lease was lost");
  }

  @Test
  void aFlipIsRefusedWhenAPersonHasMovedTheSwitch() {
    Lease lease = ready();
    template.opsForValue().set("switch", "true");
    refused(lease, "switch was moved");
  }

  @Test
  void aFlipIsRefusedWhenTheEpochHasMoved() {
    Lease lease = ready();
    template.opsForHash().put(SwitchKey.RECORD, "epoch", "5");
    refused(lease, "epoch was moved");
  }

  @Test
  void withoutDataAFlipNeedsNoHold() {
    board.initialise();
    Lease lease = board.lease("m1").orElseThrow();
    assertThat(board.flip(lease, board.read(), "memory", false)).isEqualTo(2);
    assertThat(board.read().active()).isEqualTo(ServerName.BACKUP);
  }

  @Test
  void aLeaseInARedisThatLostItsDataIsTakenAnewAndKeepsItsToken() {
    Lease lease = ready();
    empty();
    assertThat(board.keep(lease)).isEqualTo(Renewal.EMPTIED);
    assertThat(board.keep(lease)).isEqualTo(Renewal.KEPT);
    board.giveBack(lease);
    assertThat(board.lease("m2").orElseThrow().token()).isGreaterThan(lease.token());
  }

  @Test
  void anAbortThatComesBeforeTheFlipForbidsIt() {
    Lease lease = ready();
    SwitchState seen = board.read();
    assertThat(board.forbidFlip("m1", seen, "aborted by me")).isEqualTo(Fate.NOT_LANDED);
    assertThat(board.aborted("m1")).contains("aborted by me");
    refused(lease, "was aborted");
  }

  @Test
  void anAbortThatComesAfterTheFlipIsTooLate() {
    Lease lease = ready();
    SwitchState seen = board.read();
    board.flip(lease, seen, "memory", true);
    assertThat(board.forbidFlip("m1", seen, "aborted by me")).isEqualTo(Fate.LANDED);
    assertThat(board.aborted("m1")).isEmpty();
  }

  @Test
  void aPersonWhoSetsTheSwitchToTheOtherServerMeansThatTheTrafficHasMoved() {
    Lease lease = ready();
    SwitchState seen = board.read();
    empty();
    assertThat(board.forbidFlip("m1", seen, "")).isEqualTo(Fate.UNKNOWN);
    Lease hand = board.lease("hand-switch").orElseThrow();
    board.setByHand(hand, ServerName.BACKUP, 7, "ann", "it serves there");
    assertThat(board.read()).isEqualTo(new SwitchState(ServerName.BACKUP, 8, "ann"));
    assertThat(board.forbidFlip("m1", seen, "")).isEqualTo(Fate.LANDED);
    assertThat(lease.migration()).isEqualTo("m1");
  }

  @Test
  void aSwitchIsNotSetByHandWithoutTheLease() {
    Lease lease = board.lease("hand-switch").orElseThrow();
    board.giveBack(lease);
    assertThatExceptionOfType(FlipRefused.class)
        .isThrownBy(() -> board.setByHand(lease, ServerName.BACKUP, 7, "ann", "why"));
    assertThat(template.hasKey("switch")).isFalse();
  }

  @Test
  void aHoldIsRefusedWithoutTheLease() {
    Lease lease = board.lease("m1").orElseThrow();
    board.giveBack(lease);
    assertThatExceptionOfType(FlipRefused.class).isThrownBy(() -> board.hold(lease, LONG));
    assertThat(template.hasKey(SwitchKey.HOLD)).isFalse();
  }

  @Test
  void onlyItsOwnHoldIsReleased() {
    Lease lease = ready();
    board.release("m0");
    assertThat(template.hasKey(SwitchKey.HOLD)).isTrue();
    board.release(lease.migration());
    assertThat(template.hasKey(SwitchKey.HOLD)).isFalse();
  }

  @Test
  void theProxiesThatLiveAreThoseWithAReport() {
    ProxyReport report =
        new ProxyReport("p1", ServerName.PRODUCTION, 1, null, 0, 0, 0, 0, Instant.EPOCH);
    template.opsForValue().set(ProxyReport.key("p1"), Wire.write(report));
    assertThat(board.proxies()).containsExactly(report);
  }

  private Lease ready() {
    board.initialise();
    Lease lease = board.lease("m1").orElseThrow();
    board.hold(lease, LONG);
    return lease;
  }

  private void refused(Lease lease, String why) {
    SwitchState seen = new SwitchState(ServerName.PRODUCTION, 1, "migrator");
    Map<Object, Object> before = template.opsForHash().entries(SwitchKey.RECORD);
    String switchBefore = template.opsForValue().get("switch");
    assertThatExceptionOfType(FlipRefused.class)
        .isThrownBy(() -> board.flip(lease, seen, "memory", true))
        .withMessageContaining(why);
    assertThat(template.opsForValue().get("switch")).isEqualTo(switchBefore);
    assertThat(template.opsForHash().entries(SwitchKey.RECORD)).isEqualTo(before);
  }
}
