package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.contract.ServerName;
import java.util.List;

/**
 * The standby has packages that apt would have to remove for those of the active server. Nothing
 * was changed.
 */
public final class PackagesInTheWay extends RuntimeException {

  private final List<String> packages;

  PackagesInTheWay(ServerName standby, List<String> packages) {
    super(
        ("%s would lose %s to the packages of %s, and none is ever removed; remove them there by"
                + " hand if nothing needs them")
            .formatted(standby, String.join(", ", packages), standby.other()));
    this.packages = List.copyOf(packages);
  }

  /** The names of the packages in the way. */
  public List<String> packages() {
    return packages;
  }
}
