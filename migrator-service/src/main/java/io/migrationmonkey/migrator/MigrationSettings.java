package io.migrationmonkey.migrator;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How long a migration waits for what.
 *
 * @param holdTimeout proxies let requests wait at most for this long; then traffic goes on where it
 *     went and the migration rolls back
 * @param drainTimeout what is in flight when the hold begins must end within this
 * @param copyTimeout one round of copying
 * @param copyRounds so many rounds at most while the application still serves
 * @param smallRound a round that changed less than this is the last before the hold
 * @param proveTimeout the application must answer its health check within this after its start
 * @param confirmTimeout every proxy must follow the flip within this
 * @param rebootTimeout the source must be back within this
 * @param readmitTimeout its monitor must report within this after that
 * @param coolDown for so long after a migration a monitor's order is refused
 * @param memoryMargin so much must be available on the standby beyond what the application uses on
 *     the source
 */
@ConfigurationProperties("monkey.migration")
public record MigrationSettings(
    @DefaultValue("60s") Duration holdTimeout,
    @DefaultValue("20s") Duration drainTimeout,
    @DefaultValue("1h") Duration copyTimeout,
    @DefaultValue("5") int copyRounds,
    @DefaultValue("1MB") DataSize smallRound,
    @DefaultValue("30s") Duration proveTimeout,
    @DefaultValue("20s") Duration confirmTimeout,
    @DefaultValue("5m") Duration rebootTimeout,
    @DefaultValue("2m") Duration readmitTimeout,
    @DefaultValue("15m") Duration coolDown,
    @DefaultValue("16MB") DataSize memoryMargin) {

  public MigrationSettings {
    positive("hold-timeout", holdTimeout);
    positive("drain-timeout", drainTimeout);
    positive("copy-timeout", copyTimeout);
    positive("prove-timeout", proveTimeout);
    positive("confirm-timeout", confirmTimeout);
    positive("reboot-timeout", rebootTimeout);
    positive("readmit-timeout", readmitTimeout);
    if (copyRounds < 1 || copyRounds > 100) {
      throw new IllegalArgumentException(
          "monkey.migration.copy-rounds is %d: it must be 1 to 100".formatted(copyRounds));
    }
    if (smallRound.isNegative()) {
      throw new IllegalArgumentException(
          "monkey.migration.small-round is %s: it must not be negative".formatted(smallRound));
    }
    if (memoryMargin.isNegative()) {
      throw new IllegalArgumentException(
          "monkey.migration.memory-margin is %s: it must not be negative".formatted(memoryMargin));
    }
    if (coolDown.isNegative()) {
      throw new IllegalArgumentException(
          "monkey.migration.cool-down is %s: it must not be negative".formatted(coolDown));
    }
  }

  private static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(
          "monkey.migration.%s is %s: it must be longer than nothing, for example 30s"
              .formatted(name, value));
    }
  }
}
