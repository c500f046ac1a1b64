package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** The old active server is a standby: the application is off there, and its monitor reports. */
@Component
class ReadmitSource implements MigrationStep {

  private final ApplicationSettings application;
  private final StringRedisTemplate redis;
  private final Waiting waiting;
  private final MigrationSettings settings;

  ReadmitSource(
      ApplicationSettings application,
      StringRedisTemplate redis,
      Waiting waiting,
      MigrationSettings settings) {
    this.application = application;
    this.redis = redis;
    this.waiting = waiting;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.READMIT_SOURCE;
  }

  @Override
  public StepReport run(MigrationRun run) {
    run.source().run(Services.stop(application.services()));
    List<String> states = run.source().run(new Services.States(application.services()));
    if (states.stream().anyMatch(state -> state.startsWith("active"))) {
      throw new StepFailed(
          "%s runs on %s, which is the standby: stop it there"
              .formatted(application.name(), run.source().name()));
    }
    String bootId = run.fact(Fact.BOOT_ID_AFTER);
    MonitorReport report =
        waiting
            .until(settings.readmitTimeout(), Duration.ofMillis(200), () -> report(run, bootId))
            .orElseThrow(() ->
                new StepFailed(
                    "the monitor on %s does not report after the reboot: see 'systemctl status migration-monkey-monitor' there"
                        .formatted(run.source().name())));
    return new StepReport(
        "%s stands by, %.0f %% of its memory is used"
            .formatted(run.source().name(), 100 * report.usedRatio()));
  }

  private Optional<MonitorReport> report(MigrationRun run, String bootId) {
    try {
      return Optional.ofNullable(redis.opsForValue().get(MonitorReport.key(run.source().name())))
          .map(report -> Wire.read(report, MonitorReport.class))
          .filter(report -> report.bootId().equals(bootId));
    } catch (DataAccessException away) {
      return Optional.empty();
    }
  }
}
