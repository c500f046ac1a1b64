package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.Accounts;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.MeasureData;
import io.migrationmonkey.migrator.application.MeasureMemory;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.packages.DebianPackage;
import io.migrationmonkey.migrator.packages.PackagePlan;
import io.migrationmonkey.migrator.packages.PackageTransfer;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Looks at both servers and compares them. Changes neither. */
@Component
public class CompareServers {

  /** Left for the packages and for what grows meanwhile. */
  private static final long SPARE_BYTES = 512L << 20;

  private final ApplicationSettings application;
  private final DataSettings data;
  private final PackageTransfer packages;
  private final MonitorReports monitors;
  private final long margin;
  private final Clock clock;

  CompareServers(
      ApplicationSettings application,
      DataSettings data,
      PackageTransfer packages,
      MonitorReports monitors,
      MigrationSettings settings,
      Clock clock) {
    this.application = application;
    this.data = data;
    this.packages = packages;
    this.monitors = monitors;
    this.margin = settings.memoryMargin().toBytes();
    this.clock = clock;
  }

  /** What can't be read becomes one of the reading's problems. */
  public ParityReading read(RemoteServer active, RemoteServer standby) {
    List<String> problems = new ArrayList<>();
    ParityReading.@Nullable Disk disk = null;
    List<String> clashes = List.of();
    ParityReading.@Nullable Packages compared = null;
    ParityReading.@Nullable Memory memory = null;
    ServerFacts here = tried(problems, () -> active.run(new ServerFacts.Read()));
    ServerFacts there = tried(problems, () -> standby.run(new ServerFacts.Read()));
    if (here != null && there != null) {
      memory = memory(active, standby.name(), problems);
      problems.addAll(here.differencesFrom(there));
      problems.addAll(running(standby, problems));
      disk = tried(problems, () -> disk(active, standby, there));
      if (disk != null && !disk.fits()) {
        problems.add(
            "%s has %d MB free under /var, and %d MB of data lie on %s"
                .formatted(
                    standby.name(), disk.freeBytes() >> 20, disk.dataBytes() >> 20, active.name()));
      }
      List<String> found = tried(problems, () -> clashes(active, standby));
      clashes = found == null ? List.of() : found;
      problems.addAll(clashes);
      compared = tried(problems, () -> packages(active, standby));
    }
    return new ParityReading(
        clock.instant(), active.name(), compared, disk, memory, clashes, List.copyOf(problems));
  }

  private ParityReading.@Nullable Memory memory(
      RemoteServer active, ServerName standby, List<String> problems) {
    MonitorReport report = monitors.of(standby).orElse(null);
    if (report == null) {
      problems.add(
          "the monitor on %s does not report: see 'systemctl status migration-monkey-monitor' there"
              .formatted(standby));
      return null;
    }
    boolean calm = report.verdict() != MonitorReport.Verdict.EXHAUSTED;
    if (!calm) {
      problems.add("%s is out of memory itself: %s".formatted(standby, report.reason()));
    }
    Long used = tried(problems, () -> active.run(new MeasureMemory(application.services())));
    Long needed = used == null ? null : used + margin;
    long free = report.totalBytes() - report.usedBytes();
    boolean fits = needed != null && needed <= free;
    if (needed != null && !fits) {
      problems.add(
          "%s has %d MB of memory available, and %s needs %d MB"
              .formatted(standby, free >> 20, application.name(), needed >> 20));
    }
    return new ParityReading.Memory(
        report.totalBytes(), report.usedBytes(), needed, fits, calm, report.reason());
  }

  /** Both may run an application without data. */
  private List<String> running(RemoteServer standby, List<String> problems) {
    if (application.data().isEmpty()) {
      return List.of();
    }
    List<String> services = application.services();
    List<String> states = tried(problems, () -> standby.run(new Services.States(services)));
    if (states == null) {
      return List.of("it is not known whether the application runs on " + standby.name());
    }
    List<String> running = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      if (states.get(i).startsWith("active")) {
        running.add(
            "%s runs on %s already: stop it there".formatted(services.get(i), standby.name()));
      }
    }
    return running;
  }

  private ParityReading.Disk disk(RemoteServer active, RemoteServer standby, ServerFacts facts) {
    List<String> paths = application.data();
    long bytes = paths.isEmpty() ? 0 : active.run(new MeasureData(data.dataSet())).bytes();
    long there = paths.isEmpty() ? 0 : standby.run(new DataOnStandby(paths));
    return new ParityReading.Disk(
        facts.freeBytes(), bytes, facts.freeBytes() >= Math.max(0, bytes - there) + SPARE_BYTES);
  }

  private List<String> clashes(RemoteServer active, RemoteServer standby) {
    Accounts accounts = active.run(new Accounts.Read(application.data(), application.services()));
    return accounts.clashes(
        standby.run(new Accounts.Find(accounts)),
        active.name().toString(),
        standby.name().toString());
  }

  private ParityReading.Packages packages(RemoteServer active, RemoteServer standby) {
    PackagePlan plan = packages.plan(active, standby);
    return new ParityReading.Packages(
        names(plan.install()),
        names(plan.change()),
        names(plan.newer()),
        names(plan.extra()),
        plan.unchanged());
  }

  private static List<String> names(List<DebianPackage> packages) {
    return packages.stream().map(DebianPackage::toString).toList();
  }

  private static <T> @Nullable T tried(List<String> problems, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException e) {
      problems.add(e.getMessage() == null ? e.toString() : e.getMessage());
      return null;
    }
  }
}
