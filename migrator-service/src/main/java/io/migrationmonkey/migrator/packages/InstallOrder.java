package io.migrationmonkey.migrator.packages;

import java.util.List;
import java.util.stream.Stream;

/**
 * What apt on the standby is to install, and where it comes from.
 *
 * @param served by the standby's repositories
 * @param repacked from the active server's files, and on the standby already
 */
public record InstallOrder(
    PackagePlan plan, List<DebianPackage> served, List<DebianPackage> repacked) {

  public InstallOrder {
    served = List.copyOf(served);
    repacked = List.copyOf(repacked);
  }

  /** All of them. */
  List<DebianPackage> packages() {
    return Stream.concat(served.stream(), repacked.stream()).toList();
  }

  /** As apt-get takes them. */
  List<String> words() {
    return Stream.concat(
            served.stream().map(DebianPackage::toString),
            repacked.stream().map(DebianPackage::repackedFile))
        .toList();
  }

  /**
   * A hold on the standby keeps it at a version that the active server has left: both shall be the
   * same, so that one yields; the marks are set anew afterwards.
   */
  String options() {
    return plan.change().stream().anyMatch(p -> plan.heldOnStandby().contains(p.key()))
        ? "--allow-change-held-packages"
        : "";
  }
}
