package io.migrationmonkey.migrator.packages;

/** Packages cannot move between these servers. Nothing was changed. */
public final class PackagesUnsupported extends RuntimeException {

  PackagesUnsupported(String message) {
    super(message);
  }
}
