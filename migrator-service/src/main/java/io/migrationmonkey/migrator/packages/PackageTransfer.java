package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings the packages of the active server to the standby: {@link #plan} looks, {@link #check}
 * brings what they need and asks the package tool, {@link #install} does it. Each may be repeated;
 * what is done already is not done again.
 *
 * <p>All throw the failures of {@link RemoteServer#run}.
 */
public final class PackageTransfer {

  private final PackageTool apt;

  public PackageTransfer(PackageSettings settings, SshSettings ssh) {
    this.apt = new AptTool(settings, ssh);
  }

  /**
   * Reads both servers and compares them. Changes neither.
   *
   * @throws PackagesUnsupported where one of them has other packages than Debian's
   */
  public PackagePlan plan(RemoteServer active, RemoteServer standby) {
    for (RemoteServer server : List.of(active, standby)) {
      ReadPackageFamily.Family family = server.run(new ReadPackageFamily());
      if (!family.tool().equals("apt")) {
        throw new PackagesUnsupported(
            "%s runs %s: its %s not supported yet, only Debian's and Ubuntu's apt is"
                .formatted(
                    server.name(),
                    family.system(),
                    family.tool().equals("none") ? "packages are" : family.tool() + " is"));
      }
    }
    return apt.plan(active, standby);
  }

  /**
   * Brings repositories, their keys and what has to be repacked to the standby, refreshes its
   * package lists and has the installation simulated. Installs nothing.
   *
   * @param progress gets a line for a person now and then
   * @throws PackagesUnsupported where the servers are too different
   * @throws PackagesUnavailable where a package cannot be had at its version
   * @throws PackagesInTheWay where packages of the standby would have to be removed
   */
  public InstallOrder check(
      PackagePlan plan, RemoteServer active, RemoteServer standby, Consumer<String> progress) {
    return apt.check(plan, active, standby, progress);
  }

  /**
   * Downloads everything, installs it with services kept from starting, brings changed
   * configuration files and sets the marks.
   *
   * @param progress gets a line for a person about once a second
   * @return how many packages were installed or changed
   * @throws IllegalStateException where the tool was content, but a package is not at its version
   */
  public int install(
      InstallOrder order, RemoteServer active, RemoteServer standby, Consumer<String> progress) {
    return apt.install(order, active, standby, progress);
  }
}
