package io.migrationmonkey.lab;

import io.migrationmonkey.lab.stack.Addresses;
import java.nio.file.Path;

/**
 * What ./demo tells the demonstration.
 *
 * @param receipt the file for the JSON
 * @param usedRatio at which the monitors call memory exhausted; as in their configuration
 * @param colours whether the output is a terminal that shows them
 */
record DemoSettings(Addresses addresses, Path receipt, double usedRatio, boolean colours) {

  /**
   * Reads MONKEY_USED_RATIO.
   *
   * @throws IllegalArgumentException for what is no share
   */
  static double ratio(String text) {
    if (!text.matches("0\\.\\d+")) {
      throw new IllegalArgumentException(
          "MONKEY_USED_RATIO is '%s'; a share such as 0.75 is allowed".formatted(text));
    }
    return Double.parseDouble(text);
  }
}
