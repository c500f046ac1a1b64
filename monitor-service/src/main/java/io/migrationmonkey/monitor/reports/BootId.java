package io.migrationmonkey.monitor.reports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which run of the kernel this is: another one after each reboot.
 *
 * @param value as the kernel writes it
 */
public record BootId(String value) {

  private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

  /** Reads it once: this process does not survive a reboot. */
  public static BootId ofThisBoot() {
    try {
      return new BootId(Files.readString(FILE).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("%s can't be read".formatted(FILE), e);
    }
  }
}
