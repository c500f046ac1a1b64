package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.EpochMemory;
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
  private final EpochMemory epochs;
  private final Waiting waiting;
  private final MigrationSettings settings;

  SwitchTraffic(
      Switchboard switchboard, EpochMemory epochs, Waiting waiting, MigrationSettings settings) {
    this.switchboard = switchboard;
    this.epochs = epochs;
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
                    "a proxy did not follow the switch in %d s: GET its /api/route"
                        .formatted(settings.confirmTimeout().toSeconds())));
    epochs.saw(now.epoch());
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

  /**
   * Where the switch stands once the flip has landed, which an earlier attempt may have seen to.
   */
  private SwitchState flipped(MigrationRun run) {
    SwitchState after =
        new SwitchState(run.seen().active().other(), run.seen().epoch() + 1, run.id());
    if (run.wasFoundLanded()) {
      return after;
    }
    return waiting
        .until(settings.confirmTimeout(), Duration.ofMillis(200), () -> flip(run))
        .map(landed -> after)
        .orElseThrow(() -> new StepFailed("Redis is away: nobody knows whether the flip landed"));
  }

  /** An answer that is lost may be that of a flip that landed: so it is asked first. */
  private Optional<Boolean> flip(MigrationRun run) {
    run.checkStillOurs();
    try {
      if (!switchboard.landed(run.id())) {
        boolean held = run.course() == Course.WITH_DATA;
        var _ = switchboard.keep(run.lease());
        switchboard.flip(run.lease(), run.seen(), run.reason(), held);
      }
      return Optional.of(true);
    } catch (DataAccessException away) {
      return Optional.empty();
    }
  }

  private Optional<List<ProxyReport>> allFollow(SwitchState now) {
    List<ProxyReport> proxies;
    try {
      proxies = switchboard.proxies();
    } catch (DataAccessException away) {
      return Optional.empty();
    }
    boolean all =
        proxies.stream()
            .allMatch(proxy ->
                proxy.active() == now.active()
                    && proxy.epoch() >= now.epoch()
                    && proxy.holding() == null);
    return all ? Optional.of(proxies) : Optional.empty();
  }
}
