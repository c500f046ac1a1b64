package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.running.Flips.Flip;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Patience;
import io.migrationmonkey.lab.stack.RedisConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A person moves the application back, and a person flips the switch. */
@Order(7)
class FlipByHandStackIT {

  private static final int ROUNDS = 32;
  private static final Duration LIMIT = Duration.ofMillis(5);

  /** Up to so many, until one is under the limit: what shares the machine may slow any one down. */
  private static final int SERIES = 5;

  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
  }

  @AfterAll
  static void asTheRecordSays() throws Exception {
    try (RedisConnection redis = running.stack.redis()) {
      ServerName active = ServerName.of(redis.call("HGET", SwitchKey.RECORD, "active"));
      redis.call("SET", SwitchKey.SWITCH, SwitchKey.valueFor(active));
      running.shell(
          active.other(),
          "systemctl stop nginx guestbook; rm -f /run/migration-monkey/start-ordered");
    }
    pause(new Request("DELETE", "/api/pause", Map.of(), ""));
  }

  @Test
  @Order(1)
  void theWayBackIsAsGoodAsTheWayThere() throws Exception {
    String bootId = running.stack.containers().bootId(ServerName.BACKUP);
    Ledger ledger = RunningStack.ledger("back");
    try (Load load = running.load(ledger)) {
      MigrationView view = running.ended(running.order("{\"reason\":\"back to production\"}"));
      assertThat(view.succeeded()).as(view.outcome()).isTrue();
      RunningStack.assertNoFailure(load.stop());
    }
    assertThat(ledger.verify(running.texts(ServerName.PRODUCTION)).holds()).isTrue();
    assertThat(running.stack.containers().switchValue()).isEqualTo("false");
    assertThat(running.stack.containers().bootId(ServerName.BACKUP)).isNotEqualTo(bootId);
  }

  @Test
  @Order(2)
  void theProxyFollowsASetByHandWithinFiveMilliseconds() throws Exception {
    // Or Restart Monkey might stop it between two flips, when switch and record agree.
    pause(
        new Request(
            "PUT",
            "/api/pause",
            Map.of("Content-Type", "application/json"),
            "{\"reason\":\"flips by hand\"}"));
    // As the boot guard tells whoever starts it on the standby all the same.
    running.shell(
        ServerName.BACKUP,
        "mkdir -p /run/migration-monkey; echo %d > /run/migration-monkey/start-ordered;"
                .formatted(running.stack.epoch())
            + " systemctl start guestbook nginx");
    Patience.until(
        "the application on backup",
        RunningStack.SOON,
        () ->
            Optional.of(
                    running.stack.get(
                        running.stack.addresses().application(ServerName.BACKUP), "/health"))
                .filter(answer -> answer.status() == 200));
    Duration median = Duration.ofDays(1);
    try (RedisConnection redis = running.stack.redis();
        Flips by = Flips.start(running.stack.addresses().traffic(), redis, 1)) {
      for (int i = 0; i < SERIES && median.compareTo(LIMIT) >= 0; i++) {
        median = median(series(by));
      }
      assertThat(by.failures()).isEmpty();
    }
    assertThat(median).isLessThan(LIMIT);
  }

  private static void pause(Request request) throws IOException {
    assertThat(running.stack.migrations().send(request).status()).isEqualTo(200);
  }

  private static List<Flip> series(Flips by) throws Exception {
    List<Flip> flips = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      flips.add(by.to(i % 2 == 0 ? ServerName.BACKUP : ServerName.PRODUCTION));
      Patience.pause(Duration.ofMillis(100));
    }
    return flips;
  }

  private static Duration median(List<Flip> flips) {
    Duration median = median(flips, Flip::toAnswer);
    System.out.printf(
        "%d flips by hand: from SET to the other server's first answer %s µs in the middle (%s at"
            + " the least, %s at the most); to that request's start %s µs%n",
        flips.size(),
        median.toNanos() / 1000,
        flips.stream().map(Flip::toAnswer).min(Duration::compareTo).orElseThrow().toNanos() / 1000,
        flips.stream().map(Flip::toAnswer).max(Duration::compareTo).orElseThrow().toNanos() / 1000,
        median(flips, Flip::toRequest).toNanos() / 1000);
    return median;
  }

  private static Duration median(List<Flip> flips, Function<Flip, Duration> figure) {
    return flips.stream().map(figure).sorted().skip(flips.size() / 2).findFirst().orElseThrow();
  }
}
