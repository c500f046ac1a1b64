package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.MeasureData;
import io.migrationmonkey.migrator.application.MeasureMemory;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.parity.DataOnStandby;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Fences;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Both servers answer, they are alike, and the standby has the room. Changes nothing, but that an
 * application is stopped on a standby that was fenced.
 */
@Component
class CheckServers implements MigrationStep {

  /** Left for the packages and for what grows meanwhile. */
  private static final long SPARE_BYTES = 512L << 20;

  private final ApplicationSettings application;
  private final DataSettings data;
  private final StandbyPlace place;
  private final MigrationSettings settings;
  private final Fences fences;
  private final StringRedisTemplate redis;

  CheckServers(
      ApplicationSettings application,
      DataSettings data,
      StandbyPlace place,
      MigrationSettings settings,
      Fences fences,
      StringRedisTemplate redis) {
    this.application = application;
    this.data = data;
    this.place = place;
    this.settings = settings;
    this.fences = fences;
    this.redis = redis;
  }

  @Override
  public Step step() {
    return Step.CHECK_SERVERS;
  }

  @Override
  public StepReport run(MigrationRun run) {
    // A connection kept from earlier would not show that a host key has changed since.
    run.source().disconnect();
    run.standby().disconnect();
    ServerFacts source = run.source().run(new ServerFacts.Read());
    ServerFacts standby = run.standby().run(new ServerFacts.Read());
    long dataBytes =
        application.data().isEmpty()
            ? 0
            : run.source().run(new MeasureData(data.dataSet())).bytes();
    List<String> complaints = new ArrayList<>(source.differencesFrom(standby));
    if (!run.forced()) {
      complaints.addAll(roomForData(run, standby, dataBytes));
    }
    complaints.addAll(place.complaints(run));
    complaints.addAll(running(run));
    List<String> notNow = memory(run);
    boolean harmless = complaints.isEmpty();
    complaints.addAll(notNow);
    if (!complaints.isEmpty()) {
      String all = String.join("; ", complaints);
      throw harmless ? new StepFailed.NotNow(all) : new StepFailed(all);
    }
    return new StepReport(
        "%s can take over from %s: %s %s, %d MB of data"
            .formatted(
                run.standby().name(),
                run.source().name(),
                source.release(),
                source.architecture(),
                dataBytes >> 20),
        Map.of(Fact.BOOT_ID_BEFORE, source.bootId(), Fact.DATA_BYTES, Long.toString(dataBytes)));
  }

  private List<String> roomForData(MigrationRun run, ServerFacts standby, long dataBytes) {
    // What an earlier copy has brought there takes no room anew.
    long there =
        application.data().isEmpty() ? 0 : run.standby().run(new DataOnStandby(application.data()));
    long needed = Math.max(0, dataBytes - there) + SPARE_BYTES;
    return standby.freeBytes() >= needed
        ? List.of()
        : List.of(
            "%s has %d MB free under /var, %d MB are needed (force overrides this)"
                .formatted(run.standby().name(), standby.freeBytes() >> 20, needed >> 20));
  }

  /** Both may run an application without data. */
  private List<String> running(MigrationRun run) {
    if (application.data().isEmpty()) {
      return List.of();
    }
    // A server that was fenced could not be told to stop it; now it can.
    if (fences.find(run.standby().name()).isPresent()) {
      run.standby().run(Services.stop(application.services()));
      fences.lift(run.standby().name());
    }
    List<String> complaints = new ArrayList<>();
    List<String> states = run.standby().run(new Services.States(application.services()));
    for (int i = 0; i < states.size(); i++) {
      if (states.get(i).startsWith("active")) {
        complaints.add(
            "%s runs on %s already, and copying under it would harm its data: stop it there"
                .formatted(application.services().get(i), run.standby().name()));
      }
    }
    return complaints;
  }

  private List<String> memory(MigrationRun run) {
    String report = redis.opsForValue().get(MonitorReport.key(run.standby().name()));
    if (report == null) {
      return List.of(
          "the monitor on %s does not report: see 'systemctl status migration-monkey-monitor' there"
              .formatted(run.standby().name()));
    }
    MonitorReport monitor = Wire.read(report, MonitorReport.class);
    if (monitor.verdict() == MonitorReport.Verdict.EXHAUSTED) {
      return List.of(
          "%s is out of memory itself: %s".formatted(run.standby().name(), monitor.reason()));
    }
    return run.forced() ? List.of() : roomInMemory(run, monitor);
  }

  private List<String> roomInMemory(MigrationRun run, MonitorReport standby) {
    long used = run.source().run(new MeasureMemory(application.services()));
    long needed = used + settings.memoryMargin().toBytes();
    long available = standby.totalBytes() - standby.usedBytes();
    return needed <= available
        ? List.of()
        : List.of(
            "%s has %d MB of memory available, too little for %s, which uses %d MB on %s, and %d MB to spare: free memory there (force overrides this)"
                .formatted(
                    run.standby().name(),
                    available >> 20,
                    application.name(),
                    used >> 20,
                    run.source().name(),
                    settings.memoryMargin().toMegabytes()));
  }
}
