package io.migrationmonkey.lab.faults;

import io.migrationmonkey.lab.faults.Moment.When;
import io.migrationmonkey.lab.receipt.Promises;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All cases, and which of them a run takes. */
final class FaultMatrix {

  /** Those that last, so that something can happen meanwhile. */
  static final List<String> LONG_STEPS =
      List.of("INSTALL_PACKAGES", "COPY_DATA", "COPY_LAST_CHANGES");

  private static final List<String> SAMPLE =
      List.of(
          "KILL_MIGRATOR@STOP_APPLICATION.after",
          "KILL_MIGRATOR@SWITCH_TRAFFIC.after",
          "SSHD_KILLED_STANDBY@COPY_DATA.during",
          "REDIS_KILLED@COPY_LAST_CHANGES.during",
          "LEASE_TAKEN@START_APPLICATION.before");

  private FaultMatrix() {}

  static List<FaultCase> all() {
    List<FaultCase> all = new ArrayList<>();
    for (String step : Promises.STEPS) {
      all.add(new FaultCase(Fault.KILL_MIGRATOR, new Moment(step, When.BEFORE)));
      all.add(new FaultCase(Fault.KILL_MIGRATOR, new Moment(step, When.AFTER)));
    }
    add(all, Fault.MIGRATOR_GONE, When.BEFORE, "COPY_DATA", "COPY_LAST_CHANGES", "REBOOT_SOURCE");
    add(
        all,
        Fault.LEASE_TAKEN,
        When.BEFORE,
        "INSTALL_PACKAGES",
        "COPY_DATA",
        "COPY_LAST_CHANGES",
        "START_APPLICATION",
        "SWITCH_TRAFFIC",
        "REBOOT_SOURCE");
    for (String step : LONG_STEPS) {
      add(all, Fault.SSHD_KILLED_SOURCE, When.DURING, step);
      add(all, Fault.SSHD_KILLED_STANDBY, When.DURING, step);
    }
    add(all, Fault.SSHD_DOWN_SOURCE, When.DURING, "COPY_DATA", "COPY_LAST_CHANGES");
    add(all, Fault.SSHD_DOWN_STANDBY, When.DURING, "COPY_DATA", "COPY_LAST_CHANGES");
    LONG_STEPS.forEach(step -> add(all, Fault.NETWORK_CUT, When.DURING, step));
    add(all, Fault.NETWORK_CUT_BRIEFLY, When.DURING, "COPY_DATA", "COPY_LAST_CHANGES");
    add(all, Fault.DISK_FULL_PACKAGES, When.BEFORE, "INSTALL_PACKAGES");
    // While the application stops, so that the last changes find no room.
    add(all, Fault.DISK_FULL_DATA, When.DURING, "COPY_DATA");
    add(all, Fault.DISK_FULL_DATA, When.BEFORE, "STOP_APPLICATION");
    add(all, Fault.APPLICATION_STARTS_NOT, When.BEFORE, "HOLD_TRAFFIC");
    add(all, Fault.APPLICATION_ANSWERS_NOT, When.BEFORE, "HOLD_TRAFFIC");
    for (String step : Promises.STEPS) {
      When when = LONG_STEPS.contains(step) ? When.DURING : When.BEFORE;
      add(all, Fault.REDIS_KILLED, when, step);
    }
    for (String step : Promises.STEPS) {
      When when = LONG_STEPS.contains(step) ? When.DURING : When.BEFORE;
      add(all, Fault.REDIS_EMPTIED, when, step);
    }
    add(all, Fault.NO_RETURN, When.AFTER, "SWITCH_TRAFFIC");
    return List.copyOf(all);
  }

  private static void add(List<FaultCase> all, Fault fault, When when, String... steps) {
    Arrays.stream(steps).forEach(step -> all.add(new FaultCase(fault, new Moment(step, when))));
  }

  /** A few of different kinds, for every run. */
  static List<FaultCase> sample() {
    return chosen(String.join(",", SAMPLE));
  }

  /**
   * What a run takes.
   *
   * @param asked names with commas between, each of one case or the beginning of several; null for
   *     none
   * @param whole all, where none is asked for
   */
  static List<FaultCase> selected(@Nullable String asked, boolean whole) {
    if (asked != null && !asked.isBlank()) {
      return chosen(asked);
    }
    return whole ? all() : sample();
  }

  private static List<FaultCase> chosen(String asked) {
    Set<FaultCase> chosen = new LinkedHashSet<>();
    for (String name : asked.split(",", -1)) {
      List<FaultCase> matching = all().stream().filter(one -> one.matches(name.strip())).toList();
      if (matching.isEmpty()) {
        throw new IllegalArgumentException(
            "-Dfaults: there is no case '%s'; there are %s".formatted(name.strip(), all()));
      }
      chosen.addAll(matching);
    }
    return List.copyOf(chosen);
  }
}
