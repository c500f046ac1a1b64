package io.migrationmonkey.lab.receipt;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.load.Verification;
import io.migrationmonkey.lab.stack.MigrationView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A migration that went well. */
final class Example {

  static final Expectation EXPECTED = new Expectation("monitor", ServerName.PRODUCTION, 51, 2);

  private Example() {}

  static Evidence evidence() {
    return new Evidence(
        view("SUCCEEDED", "production", 12),
        load(0, Map.of("production", 800L, "backup", 200L)),
        new Verification(500, List.of(), List.of()),
        new Verification(0, List.of(), List.of()),
        88,
        "5f0c",
        "9a1e",
        "true",
        2);
  }

  static MigrationView view(String state, String from, int steps) {
    String stepsJson =
        Stream.of(
                "CHECK_SERVERS",
                "EXCHANGE_KEYS",
                "INSTALL_PACKAGES",
                "COPY_DATA",
                "HOLD_TRAFFIC",
                "STOP_APPLICATION",
                "COPY_LAST_CHANGES",
                "START_APPLICATION",
                "PROVE_STANDBY",
                "SWITCH_TRAFFIC",
                "REBOOT_SOURCE",
                "READMIT_SOURCE")
            .limit(steps)
            .map(name -> "{\"name\":\"%s\",\"outcome\":\"DONE\",\"ms\":100}".formatted(name))
            .collect(Collectors.joining(","));
    return Wire.read(
        """
        {"id":"m-1","state":"%s","trigger":"monitor","from":"%s","to":"backup","problem":%s,
         "steps":[%s],"packagesInstalled":88,"bytesCopied":1234567,"requestsHeld":17}
        """
            .formatted(state, from, state.equals("SUCCEEDED") ? "null" : "\"no room\"", stepsJson),
        MigrationView.class);
  }

  static LoadFigures load(long failed, Map<String, Long> answeredBy) {
    return new LoadFigures(1000, failed, 0, 0, Duration.ofMillis(3100), answeredBy, List.of());
  }
}
