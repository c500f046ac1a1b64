package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Every live proxy holds and has nothing in flight. */
@Component
class HoldTraffic implements MigrationStep {

  private final Switchboard switchboard;
  private final HoldDeadline deadline;
  private final Waiting waiting;
  private final MigrationSettings settings;

  HoldTraffic(
      Switchboard switchboard, HoldDeadline deadline, Waiting waiting, MigrationSettings settings) {
    this.switchboard = switchboard;
    this.deadline = deadline;
    this.waiting = waiting;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.HOLD_TRAFFIC;
  }

  @Override
  public StepReport run(MigrationRun run) {
    var _ =
        waiting
            .until(settings.drainTimeout(), Duration.ofMillis(200), () -> held(run))
            .orElseThrow(() -> new StepFailed("Redis is away: traffic could not be held"));
    List<ProxyReport> drained =
        waiting
            .until(settings.drainTimeout(), Duration.ofMillis(10), () -> allDrained(run))
            .orElseThrow(() -> new StepFailed(stuck(run.id())));
    return new StepReport(
        drained.isEmpty()
            ? "no proxy reports: nobody's traffic to hold"
            : "%s hold, nothing is in flight".formatted(names(drained)));
  }

  /** One whose answer is lost is set again, with the whole time before it. */
  private Optional<Boolean> held(MigrationRun run) {
    run.checkMayGoOn(step());
    deadline.begins(run);
    try {
      switchboard.hold(run.lease(), settings.holdTimeout());
      return Optional.of(true);
    } catch (DataAccessException away) {
      return Optional.empty();
    }
  }

  private Optional<List<ProxyReport>> allDrained(MigrationRun run) {
    run.checkMayGoOn(step());
    try {
      List<ProxyReport> proxies = switchboard.proxies();
      return proxies.stream().allMatch(proxy -> proxy.drainedFor(run.id()))
          ? Optional.of(proxies)
          : Optional.empty();
    } catch (DataAccessException away) {
      return Optional.empty();
    }
  }

  private String stuck(String migration) {
    return "after %d s, %s still to hold or to drain: see what its long requests are"
        .formatted(
            settings.drainTimeout().toSeconds(),
            names(
                switchboard.proxies().stream()
                    .filter(proxy -> !proxy.drainedFor(migration))
                    .toList()));
  }

  private static String names(List<ProxyReport> proxies) {
    return proxies.stream()
        .map(proxy -> "proxy %s (%d in flight)".formatted(proxy.proxy(), proxy.inFlight()))
        .collect(Collectors.joining(", "));
  }
}
