package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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
    deadline.begins(run);
    switchboard.hold(run.lease(), settings.holdTimeout());
    List<ProxyReport> drained =
        waiting
            .until(settings.drainTimeout(), Duration.ofMillis(10), () -> allDrained(run.id()))
            .orElseThrow(() -> new StepFailed(stuck(run.id())));
    return new StepReport(
        drained.isEmpty()
            ? "no proxy reports: nobody's traffic to hold"
            : "%s hold, nothing is in flight".formatted(names(drained)));
  }

  private Optional<List<ProxyReport>> allDrained(String migration) {
    List<ProxyReport> proxies = switchboard.proxies();
    return proxies.stream().allMatch(proxy -> proxy.drainedFor(migration))
        ? Optional.of(proxies)
        : Optional.empty();
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
