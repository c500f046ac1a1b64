package io.migrationmonkey.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.orders.OrderDesk;
import io.migrationmonkey.monitor.orders.OrderState;
import io.migrationmonkey.monitor.pressure.Judgement;
import io.migrationmonkey.monitor.watch.Sighting;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a person reads at two in the morning. */
class MemoryViewTest {

  private static final Instant NOW = Instant.parse("2026-01-01T02:00:00Z");

  @Test
  void calmSaysWhatIsUsedAndThatNothingIsOrdered() {
    assertThat(
            sentence(
                seen(Verdict.CALM, "memory is 40.0 % used, 400 of 1000 MiB (host)"),
                new OrderState.Armed(),
                "the memory is calm"))
        .isEqualTo(
            "Production is calm: memory is 40.0 % used, 400 of 1000 MiB (host)."
                + " Nothing is ordered (the memory is calm).");
  }

  @Test
  void exhaustedSaysHowFarTheOrderIs() {
    Sighting full = seen(Verdict.EXHAUSTED, "memory is 96.0 % used");
    String begins = "Production is exhausted: memory is 96.0 % used. ";
    assertThat(sentence(full, new OrderState.Wanted("key", 1, NOW), "soon"))
        .isEqualTo(
            begins + "A migration is asked for, and the migrator has not taken the order yet.");
    URI location = URI.create("http://migrator:8081/api/migrations/m-1");
    assertThat(sentence(full, new OrderState.Ordered("key", location, NOW), "it runs"))
        .isEqualTo(begins + "A migration is ordered and runs: " + location + ".");
    assertThat(sentence(full, new OrderState.Paused(NOW), "pausing"))
        .isEqualTo(
            begins + "The last order came to nothing; the next is due at 2026-01-01T02:00:00Z.");
    assertThat(sentence(full, new OrderState.Armed(), "exhausted, but this server is the standby"))
        .isEqualTo(begins + "Nothing is ordered (exhausted, but this server is the standby).");
  }

  @Test
  void whatCannotBeReadIsSaidAndWhatThatMeans() {
    assertThat(
            sentence(
                new Sighting.Unread(NOW, "/proc/meminfo can't be read"),
                new OrderState.Armed(),
                "the memory can't be read"))
        .isEqualTo(
            "Nothing is known about the memory of production: /proc/meminfo can't be read."
                + " No order is given without a reading.");
  }

  private static String sentence(Sighting latest, OrderState state, String why) {
    return MemoryView.of(
            ServerName.PRODUCTION,
            latest,
            new OrderDesk.Standing(state, why),
            Optional.empty(),
            List.of())
        .sentence();
  }

  private static Sighting seen(Verdict verdict, String reason) {
    return new Sighting.Seen(
        new MemoryReading(NOW, 1000, 400, "host"),
        new Judgement(verdict, reason, null, false, null, NOW));
  }
}
