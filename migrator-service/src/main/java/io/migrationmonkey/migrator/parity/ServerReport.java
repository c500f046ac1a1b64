package io.migrationmonkey.migrator.parity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.restarts.Reboot;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a server is now.
 *
 * @param role as the switch says; null while it says nothing
 * @param reachable over SSH
 * @param problem why it is not
 * @param bootId changes with every boot
 * @param upSeconds since that boot
 * @param services what systemd says of each, such as {@code active enabled}
 * @param application whether it answers its health check
 * @param memory what its monitor reports; null while it does not
 * @param rebootRequired whether it asks for a reboot; null while nobody knows
 * @param reboot the latest one that was ordered
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServerReport(
    ServerName name,
    String address,
    @Nullable Role role,
    boolean reachable,
    @Nullable String problem,
    @Nullable String bootId,
    @Nullable Long upSeconds,
    @Nullable Map<String, String> services,
    Application application,
    @Nullable Memory memory,
    @Nullable Boolean rebootRequired,
    @Nullable Reboot reboot) {

  /** The same with what became of the latest reboot. */
  public ServerReport withReboot(@Nullable Reboot latest) {
    return new ServerReport(
        name,
        address,
        role,
        reachable,
        problem,
        bootId,
        upSeconds,
        services,
        application,
        memory,
        rebootRequired,
        latest);
  }

  /** What the server is for now. */
  public enum Role {
    @JsonProperty("active")
    ACTIVE,
    @JsonProperty("standby")
    STANDBY
  }

  /**
   * The application there.
   *
   * @param problem what the health check found wrong; a standby's is not meant to be healthy
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Application(boolean healthy, @Nullable String problem) {}

  /** The monitor's latest word. */
  public record Memory(
      long totalBytes, long usedBytes, MonitorReport.Verdict verdict, String reason, Instant at) {

    public static Memory of(MonitorReport report) {
      return new Memory(
          report.totalBytes(), report.usedBytes(), report.verdict(), report.reason(), report.at());
    }
  }
}
