package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.contract.ServerName;
import java.util.List;

/** No repository of the standby offers these packages at these versions. Nothing was changed. */
public final class PackagesUnavailable extends RuntimeException {

  private final List<String> packages;

  PackagesUnavailable(ServerName standby, List<String> packages, List<String> complaints) {
    super(
        ("no repository of %s offers %s any more: upgrade %s to what they offer, or let Migration"
                + " Monkey repack them with monkey.packages.no-longer-served=warn, or leave them out"
                + " with monkey.packages.leave-out%s")
            .formatted(
                standby,
                String.join(", ", packages),
                standby.other(),
                complaints.isEmpty()
                    ? ""
                    : " (apt-get update complained: %s)".formatted(String.join("; ", complaints))));
    this.packages = List.copyOf(packages);
  }

  /** Each as {@code name:architecture=version}. */
  public List<String> packages() {
    return packages;
  }
}
