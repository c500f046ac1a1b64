package io.migrationmonkey.migrator.restarts;

import io.migrationmonkey.contract.ServerName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which server is to be rebooted now because it asks for it: the standby first, then the
 * active one, which is left before. So both get their new kernel and one serves all the time.
 */
public final class RebootRule {

  /** After a reboot that failed, or was refused. */
  static final Duration AFTER_A_FAILURE = Duration.ofHours(1);

  private RebootRule() {}

  /**
   * What it decides by.
   *
   * @param open whether now is within the window
   * @param active the server that the switch names
   * @param movedByHand a person has moved the switch: what lies on the standby may be what that
   *     person wants to save
   * @param paused nothing automatic may happen
   * @param busy who acts on the servers now; null when nobody does
   * @param required which servers ask for a reboot; absent where that is not known
   * @param latest the latest reboot of each
   */
  public record Situation(
      Instant now,
      boolean open,
      ServerName active,
      boolean movedByHand,
      boolean paused,
      @Nullable String busy,
      Map<ServerName, Boolean> required,
      Map<ServerName, Reboot> latest) {}

  /**
   * The decision.
   *
   * @param reboot that server, now; null for none
   * @param why in words
   */
  public record Verdict(@Nullable ServerName reboot, String why) {}

  public static Verdict judge(Situation now) {
    if (!now.open()) {
      return none("now is not within the window");
    }
    if (now.paused()) {
      return none("automatic actions are paused (DELETE /api/pause ends that)");
    }
    if (now.busy() != null) {
      return none("%s is under way".formatted(now.busy()));
    }
    ServerName standby = now.active().other();
    Boolean standbyAsks = now.required().get(standby);
    if (standbyAsks == null) {
      return none("%s can't be asked".formatted(standby));
    }
    if (standbyAsks) {
      return unlessFailed(standby, now);
    }
    if (!Boolean.TRUE.equals(now.required().get(now.active()))) {
      return none("no server asks for a reboot");
    }
    return now.movedByHand()
        ? none("%s asks for a reboot, but the switch was moved by hand".formatted(now.active()))
        : unlessFailed(now.active(), now);
  }

  private static Verdict unlessFailed(ServerName server, Situation now) {
    Reboot last = now.latest().get(server);
    if (last != null && last.state() == Reboot.State.FAILED && last.endedAt() != null) {
      Instant again = last.endedAt().plus(AFTER_A_FAILURE);
      if (now.now().isBefore(again)) {
        return none(
            "%s asks for a reboot, but the last one failed; again at %s".formatted(server, again));
      }
    }
    return new Verdict(server, "%s asks for a reboot (/run/reboot-required)".formatted(server));
  }

  private static Verdict none(String why) {
    return new Verdict(null, why);
  }
}
