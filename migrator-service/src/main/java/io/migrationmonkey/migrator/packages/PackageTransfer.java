package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.packages.MarkPackages.Mark;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Brings the packages of the active server to the standby: {@link #plan} looks, {@link #check} asks
 * apt, {@link #install} does it. Each may be repeated; what is done already is not done again.
 *
 * <p>All throw the failures of {@link RemoteServer#run}.
 */
public final class PackageTransfer {

  private final PackageSettings settings;

  public PackageTransfer(PackageSettings settings) {
    this.settings = settings;
  }

  /** Reads both servers and compares them. Changes neither. */
  public PackagePlan plan(RemoteServer active, RemoteServer standby) {
    InstalledPackages wanted = active.run(new ReadInstalledPackages());
    InstalledPackages present = standby.run(new ReadInstalledPackages());
    return PackagePlan.between(
        wanted.packages(), present.packages(), wanted.auto(), present.auto(), settings.leaveOut());
  }

  /**
   * Refreshes the standby's package lists and has apt simulate the installation. Installs nothing.
   *
   * @param progress gets a line for a person now and then
   * @throws PackagesUnavailable where no repository offers a package at its version
   * @throws PackagesInTheWay where apt would have to remove packages of the standby
   */
  public void check(PackagePlan plan, RemoteServer standby, Consumer<String> progress) {
    List<DebianPackage> wanted = plan.wanted();
    if (wanted.isEmpty()) {
      return;
    }
    progress.accept(
        "asking the repositories of %s for %d packages".formatted(standby.name(), wanted.size()));
    List<String> complaints = standby.run(new RefreshPackageLists());
    complaints.forEach(complaint -> progress.accept("apt-get update: " + complaint));
    SimulateInstall.Outcome outcome = simulate(new SimulateInstall(wanted), standby, complaints);
    if (!outcome.removed().isEmpty()) {
      throw new PackagesInTheWay(standby.name(), outcome.removed());
    }
    Set<String> more = new HashSet<>(outcome.installed());
    wanted.forEach(p -> more.removeAll(List.of(p.name(), p.key())));
    progress.accept(
        more.isEmpty()
            ? "all %d packages are offered".formatted(wanted.size())
            : "all %d packages are offered, and need %s besides"
                .formatted(wanted.size(), String.join(", ", more)));
  }

  /**
   * Downloads everything, installs it with services kept from starting, and sets the marks.
   *
   * @param progress gets a line for a person about once a second
   * @return how many packages were installed or changed
   * @throws IllegalStateException where apt was content, but a package is not at its version
   */
  public int install(PackagePlan plan, RemoteServer standby, Consumer<String> progress) {
    List<DebianPackage> wanted = plan.wanted();
    if (!wanted.isEmpty()) {
      standby.run(new InstallPackages(wanted), new AptProgress(Clock.systemUTC(), progress));
      prove(wanted, standby);
    }
    mark(Mark.AUTO, plan.autoInstalled(), standby);
    mark(Mark.MANUAL, plan.manuallyInstalled(), standby);
    return wanted.size();
  }

  private static SimulateInstall.Outcome simulate(
      SimulateInstall simulation, RemoteServer standby, List<String> complaints) {
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
}
