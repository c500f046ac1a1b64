package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.packages.MarkPackages.Mark;
import io.migrationmonkey.migrator.packages.PackageSettings.NoLongerServed;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.Run;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Debian's and Ubuntu's packages. */
final class AptTool implements PackageTool {

  private final PackageSettings settings;
  private final SshSettings ssh;

  AptTool(PackageSettings settings, SshSettings ssh) {
    this.settings = settings;
    this.ssh = ssh;
  }

  @Override
  public PackagePlan plan(RemoteServer active, RemoteServer standby) {
    InstalledPackages wanted = active.run(new ReadInstalledPackages());
    InstalledPackages present = standby.run(new ReadInstalledPackages());
    ActiveFiles files = active.run(new ReadActiveFiles());
    List<String> paths = files.files().stream().map(PortableFile::path).toList();
    StandbyFiles filesThere = standby.run(new ReadStandbyFiles(paths));
    Offers offers = active.run(new ReadOffers(wanted.packages()));
    FilePlan filePlan = FilePlan.between(files, filesThere, settings);
    return PackagePlan.between(wanted, present, offers, filePlan, settings);
  }

  @Override
  public InstallOrder check(
      PackagePlan plan, RemoteServer active, RemoteServer standby, Consumer<String> progress) {
    if (!plan.obstacles().isEmpty()) {
      throw new PackagesUnsupported(String.join("; ", plan.obstacles()));
    }
    send(plan.files().beforeTheInstallation(), active, standby, progress);
    List<DebianPackage> wanted = plan.wanted();
    if (wanted.isEmpty()) {
      return new InstallOrder(plan, List.of(), List.of());
    }
    for (String architecture : plan.architectures()) {
      progress.accept("adding the architecture %s to %s".formatted(architecture, standby.name()));
      standby.run(new Run(Invocation.of("dpkg", "--add-architecture", architecture)));
    }
    progress.accept(
        "asking the repositories of %s for %d packages".formatted(standby.name(), wanted.size()));
    List<String> complaints = standby.run(new RefreshPackageLists());
    complaints.forEach(complaint -> progress.accept("apt-get update: " + complaint));
    InstallOrder order = order(plan, active, standby, complaints, progress);
    SimulateInstall.Outcome outcome = simulate(order, standby, complaints);
    if (!outcome.removed().isEmpty()) {
      throw new PackagesInTheWay(standby.name(), outcome.removed());
    }
    Set<String> more = new HashSet<>(outcome.installed());
    wanted.forEach(p -> more.removeAll(List.of(p.name(), p.key())));
    progress.accept(
        more.isEmpty()
            ? "all %d packages can be had".formatted(wanted.size())
            : "all %d packages can be had, and need %s besides"
                .formatted(wanted.size(), String.join(", ", more)));
    return order;
  }

  @Override
  public int install(
      InstallOrder order, RemoteServer active, RemoteServer standby, Consumer<String> progress) {
    PackagePlan plan = order.plan();
    List<DebianPackage> wanted = order.packages();
    if (!wanted.isEmpty()) {
      giveAnswers(plan.install(), active, standby, progress);
      standby.run(new InstallPackages(order), new AptProgress(Clock.systemUTC(), progress));
      prove(wanted, standby);
    }
    mark(Mark.AUTO, plan.marks().auto(), standby);
    mark(Mark.MANUAL, plan.marks().manual(), standby);
    mark(Mark.HOLD, plan.marks().hold(), standby);
    mark(Mark.UNHOLD, plan.marks().unhold(), standby);
    send(plan.files().afterTheInstallation(), active, standby, progress);
    for (RemoteServer server : List.of(active, standby)) {
      server.run(new RememberAgreed(plan.files().agreed()));
    }
    return wanted.size();
  }

  /** What is not served, by the lists that the standby has just got, is repacked or refused. */
  private InstallOrder order(
      PackagePlan plan,
      RemoteServer active,
      RemoteServer standby,
      List<String> complaints,
      Consumer<String> progress) {
    List<DebianPackage> wanted = plan.wanted();
    Offers offers = standby.run(new ReadOffers(wanted));
    List<DebianPackage> served = wanted.stream().filter(offers::has).toList();
    List<DebianPackage> unserved = wanted.stream().filter(p -> !offers.has(p)).toList();
    List<DebianPackage> outdated = unserved.stream().filter(offers::hasAnotherVersionOf).toList();
    if (!outdated.isEmpty() && settings.noLongerServed() == NoLongerServed.BLOCK) {
      throw new PackagesUnavailable(standby.name(), names(outdated), complaints);
    }
    if (!outdated.isEmpty()) {
      progress.accept(
          "warning: no longer served at that version, and taken from %s itself: %s"
              .formatted(active.name(), String.join(", ", names(outdated))));
    }
    if (!unserved.isEmpty()) {
      active.run(
          new RepackPackages(unserved),
          line -> {
            if (line.startsWith("repacking ")) {
              progress.accept(line);
            }
          });
      progress.accept("sending %d repacked packages".formatted(unserved.size()));
      push(unserved.stream().map(DebianPackage::repackedFile).toList(), active, standby);
    }
    return new InstallOrder(plan, served, unserved);
  }

  private void giveAnswers(
      List<DebianPackage> packages,
      RemoteServer active,
      RemoteServer standby,
      Consumer<String> progress) {
    if (packages.isEmpty()) {
      return;
    }
    try {
      active.run(DebconfAnswers.collect(packages));
      push(DebconfAnswers.FILES, active, standby);
      standby.run(DebconfAnswers.give()).lines().forEach(progress);
    } finally {
      active.run(DebconfAnswers.forget());
      standby.run(DebconfAnswers.forget());
    }
  }

  private void send(
      List<PortableFile> files,
      RemoteServer active,
      RemoteServer standby,
      Consumer<String> progress) {
    if (!files.isEmpty()) {
      List<String> paths = files.stream().map(PortableFile::path).toList();
      progress.accept(
          "bringing %d files to %s: %s"
              .formatted(paths.size(), standby.name(), String.join(", ", paths)));
      push(paths, active, standby);
    }
  }

  private void push(List<String> paths, RemoteServer active, RemoteServer standby) {
    active.run(new PushFiles(paths, new PushData.To(ssh.user(), standby.address(), ssh.port())));
  }

  private static SimulateInstall.Outcome simulate(
      InstallOrder order, RemoteServer standby, List<String> complaints) {
    SimulateInstall simulation = new SimulateInstall(order);
    try {
      return standby.run(simulation);
    } catch (RemoteCommandFailed failed) {
      List<String> unavailable = simulation.unavailable(failed.stderr());
      if (unavailable.isEmpty()) {
        throw failed;
      }
      throw new PackagesUnavailable(standby.name(), unavailable, complaints);
    }
  }

  private static void prove(List<DebianPackage> wanted, RemoteServer standby) {
    Set<DebianPackage> present = Set.copyOf(standby.run(new ReadInstalledPackages()).packages());
    String missing =
        wanted.stream()
            .filter(p -> !present.contains(p))
            .map(DebianPackage::toString)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "apt-get ended well on %s, but these packages are not installed there: %s; see /var/log/apt/term.log"
              .formatted(standby.name(), missing));
    }
  }

  private static void mark(Mark mark, Set<String> packages, RemoteServer standby) {
    if (!packages.isEmpty()) {
      standby.run(new MarkPackages(mark, packages));
    }
  }

  private static List<String> names(List<DebianPackage> packages) {
    return packages.stream().map(DebianPackage::toString).toList();
  }
}
