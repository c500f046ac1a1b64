package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** The switch is flipped and every live proxy follows: the point of no return. */
@Component
class SwitchTraffic implements MigrationStep {

  private final Switchboard switchboard;
  private final Waiting waiting;
  private final MigrationSettings settings;

  SwitchTraffic(Switchboard switchboard, Waiting waiting, MigrationSettings settings) {
    this.switchboard = switchboard;
    this.waiting = waiting;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.SWITCH_TRAFFIC;
  }

  @Override
  public StepReport run(MigrationRun run) {
    SwitchState now = flipped(run);
    List<ProxyReport> proxies =
        waiting
            .until(settings.confirmTimeout(), Duration.ofMillis(10), () -> allFollow(now))
            .orElseThrow(() ->
                new StepFailed(
                    "a proxy did not follow the switch in %d s: %s"
                        .formatted(settings.confirmTimeout().toSeconds(), switchboard.proxies())));
    return new StepReport(
        "traffic goes to %s (epoch %d, %d proxies follow)"
            .formatted(now.active(), now.epoch(), proxies.size()),
        Map.of(
            Fact.SWITCH, SwitchKey.valueFor(now.active()),
            Fact.EPOCH, Long.toString(now.epoch()),
            Fact.REQUESTS_HELD, Long.toString(proxies.stream().mapToLong(ProxyReport::held).sum()),
            Fact.LONGEST_STALL_MS,
                Long.toString(
                    proxies.stream().mapToLong(ProxyReport::longestStallMillis).max().orElse(0))));
  }

  private SwitchState flipped(MigrationRun run) {
    run.aboutToFlip();
    if (!switchboard.landed(run.id())) {
      try {
        switchboard.flip(run.lease(), run.seen(), run.reason());
      } catch (DataAccessException unknown) {
        // It may have landed and only the answer was lost: what Redis says now decides.
        boolean landed =
            waiting
                .until(settings.confirmTimeout(), Duration.ofMillis(200), () -> landed(run.id()))
                .orElseThrow(() -> unknown);
        if (!landed) {
          throw unknown;
        }
      }
    }
    return switchboard.read();
  }

  private Optional<Boolean> landed(String migration) {
    try {
      return Optional.of(switchboard.landed(migration));
    } catch (DataAccessException away) {
      return Optional.empty();
    }
  }

  private Optional<List<ProxyReport>> allFollow(SwitchState now) {
    List<ProxyReport> proxies = switchboard.proxies();
    boolean all =
        proxies.stream()
            .allMatch(proxy ->
                proxy.active() == now.active()
                    && proxy.epoch() >= now.epoch()
                    && proxy.holding() == null);
    return all ? Optional.of(proxies) : Optional.empty();
  }
}
