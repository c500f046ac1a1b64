package io.migrationmonkey.monitor.restart;

import io.migrationmonkey.contract.ApplicationReport.State;
import io.migrationmonkey.contract.ServerName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to do about the application on this server.
 *
 * <p>The smallest remedy first: what is down is started, what hangs is restarted, and when that was
 * in vain a migration is wanted. Nothing is done while somebody else acts, nor where Redis does not
 * say plainly that this server is, or is not, the one.
 */
final class RestartRule {

  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(60);
  private static final Duration BETWEEN_STOPS = Duration.ofSeconds(5);
  private static final int SYSTEMD_RESTARTS_AT_ONCE = 10;

  private final ServerName server;
  private final RestartLimits limits;

  RestartRule(ServerName server, RestartLimits limits) {
    this.server = server;
    this.limits = limits;
  }

  /** All that a decision depends on, beside what is remembered. */
  record Situation(Instant now, Standing standing, Look look) {}

  /**
   * A decision.
   *
   * @param why in words
   * @param leave why the application should move to the other server; null while it should not
   */
  record Plan(RestartState state, Action action, String why, @Nullable String leave) {}

  Plan next(RestartState before, Situation situation) {
    RestartState state = note(before, situation);
    Decision decision =
        switch (situation.look()) {
          case Look.Unseen(String words) -> rest("the application can't be looked at: " + words);
          case Look.Seen look ->
              switch (situation.standing()) {
                case Standing.Away _ -> whileAway(state, situation.now(), look);
                case Standing.Said said -> decide(state, situation.now(), said, look);
              };
        };
    return new Plan(state, decision.action, decision.why, decision.leave);
  }

  /** What an action changes that was really taken, whatever it came to. */
  RestartState after(RestartState state, Action action, Instant now) {
    List<Instant> restarts = new ArrayList<>(state.restarts());
    if (action == Action.START || action == Action.RESTART) {
      restarts.add(now);
    }
    return new RestartState(
        List.copyOf(restarts),
        now,
        state.systemdRestarts(),
        state.quietSince(),
        state.runsSince(),
        state.sickSince(),
        state.lastSaid());
  }

  // ---------------------------------------------------------------- remembering

  // A clock that was set back must not keep anything waiting: what lies ahead is forgotten.
  private RestartState note(RestartState before, Situation situation) {
    Instant now = situation.now();
    List<Instant> restarts = new ArrayList<>(before.restarts());
    long systemdRestarts = before.systemdRestarts();
    Instant runsSince = before.runsSince();
    Instant sickSince = before.sickSince();
    if (situation.look() instanceof Look.Seen look) {
      if (systemdRestarts >= 0) {
        long more =
            Math.clamp(look.systemdRestarts() - systemdRestarts, 0, SYSTEMD_RESTARTS_AT_ONCE);
        for (long i = 0; i < more; i++) {
          restarts.add(now);
        }
      }
      systemdRestarts = look.systemdRestarts();
      runsSince = look.someRun() ? sinceThen(runsSince, now) : null;
      sickSince = look.well() ? null : sinceThen(sickSince, now);
    }
    restarts.removeIf(at -> at.isAfter(now) || !at.isAfter(now.minus(limits.window())));
    Standing.Said said = situation.standing() instanceof Standing.Said s ? s : null;
    Instant quietSince =
        said == null || !said.quiet()
            ? null
            : isTheSame(said, before.lastSaid()) ? sinceThen(before.quietSince(), now) : now;
    return new RestartState(
        List.copyOf(restarts),
        before.lastTry() == null || before.lastTry().isAfter(now) ? null : before.lastTry(),
        systemdRestarts,
        quietSince,
        runsSince,
        sickSince,
        said == null ? before.lastSaid() : said);
  }

  private static Instant sinceThen(@Nullable Instant since, Instant now) {
    return since == null || since.isAfter(now) ? now : since;
  }

  private static boolean isTheSame(Standing.Said now, Standing.@Nullable Said before) {
    return before != null && before.active() == now.active() && before.epoch() == now.epoch();
  }

  private static boolean lasts(@Nullable Instant since, Instant now, Duration atLeast) {
    return since != null && !now.isBefore(since.plus(atLeast));
  }

  // ---------------------------------------------------------------- deciding

  private record Decision(Action action, String why, @Nullable String leave) {}

  private static Decision rest(String why) {
    return new Decision(Action.NOTHING, why, null);
  }

  private Decision decide(RestartState state, Instant now, Standing.Said said, Look.Seen look) {
    if (said.active() == null) {
      return rest("Redis does not say which server is active");
    }
    if (said.paused()) {
      return rest("paused: nothing happens by itself until DELETE /api/pause");
    }
    if (said.fenced()) {
      return rest("fenced: the migrator stops the application here before anything else");
    }
    if (said.active() != said.recorded()) {
      return rest(
          "the switch was set by hand to %s, which the record does not say: PUT /api/switch makes it plain"
              .formatted(said.active()));
    }
    if (said.busy() != null) {
      return rest("%s is under way".formatted(said.busy()));
    }
    if (said.held()) {
      return rest("traffic is held");
    }
    return said.active() == server
        ? asActive(state, now, said, look)
        : asStandby(state, now, said, look);
  }

  private Decision asStandby(RestartState state, Instant now, Standing.Said said, Look.Seen look) {
    if (!look.someRun()) {
      return rest("stands by, the application is off");
    }
    if (said.byPerson()) {
      return rest(
          "the application runs on this standby, and is left alone because a person has set the switch");
    }
    if (!lasts(state.quietSince(), now, limits.grace())
        || !lasts(state.runsSince(), now, limits.grace())) {
      return rest("the application runs on this standby; it is stopped if that lasts");
    }
    if (state.lastTry() != null && now.isBefore(state.lastTry().plus(BETWEEN_STOPS))) {
      return rest("the application runs on this standby; it was told to stop a moment ago");
    }
    return new Decision(
        Action.STOP,
        "%s is active, so the application must not run on %s: %s"
            .formatted(server.other(), server, look.words()),
        null);
  }

  private Decision asActive(RestartState state, Instant now, Standing.Said said, Look.Seen look) {
    if (look.well()) {
      return rest("active, the application is well");
    }
    if (!look.installed()) {
      return rest("active, but not all of the application is installed: " + look.words());
    }
    if (said.unfinished()) {
      return ofAbandonedMigration(state, now, said, look);
    }
    if (!look.enabled()) {
      return rest("active, but somebody has disabled the application: " + look.words());
    }
    String leave = leave(state, look);
    if (look.allRun() || look.starting()) {
      return lasts(state.sickSince(), now, limits.unhealthyAfter())
          ? remedy(Action.RESTART, state, now, look, leave)
          : new Decision(Action.NOTHING, "active, and waiting for health: " + ill(look), leave);
    }
    return remedy(Action.START, state, now, look, leave);
  }

  /**
   * Its migrator died and nobody has taken it up. The migration may have started the application on
   * the other server, so this one waits until it is known to be off there.
   */
  private Decision ofAbandonedMigration(
      RestartState state, Instant now, Standing.Said said, Look.Seen look) {
    if (look.allRun() || look.starting()) {
      return rest("a migration stands unfinished, and the application runs here: " + ill(look));
    }
    if (!lasts(state.quietSince(), now, limits.grace())) {
      return rest("a migration stands unfinished; waiting whether a migrator takes it up");
    }
    if (said.other() != State.OFF) {
      return rest(
          "a migration stands unfinished and nobody takes it up, but the application is not known to be off on %s"
              .formatted(server.other()));
    }
    return remedy(Action.START, state, now, look, null);
  }

  /** Only the server that was the active one for certain, and the guard has the last word. */
  private Decision whileAway(RestartState state, Instant now, Look.Seen look) {
    Standing.Said last = state.lastSaid();
    boolean mine =
        last == null
            || (last.quiet() && last.active() == server && !last.fenced() && !last.unfinished());
    if (look.well() || !mine || !look.installed() || !look.enabled()) {
      return rest("Redis is away");
    }
    return look.allRun() || look.starting()
        ? rest("Redis is away, and waiting for health: " + ill(look))
        : remedy(Action.START, state, now, look, null);
  }

  private Decision remedy(
      Action action, RestartState state, Instant now, Look.Seen look, @Nullable String leave) {
    Duration pause = backoff(state.restarts().size());
    return state.lastTry() != null && now.isBefore(state.lastTry().plus(pause))
        ? new Decision(
            Action.NOTHING,
            "down, and tried again %d s after the last time: %s"
                .formatted(pause.toSeconds(), ill(look)),
            leave)
        : new Decision(action, "active, but not well: " + ill(look), leave);
  }

  private @Nullable String leave(RestartState state, Look.Seen look) {
    int restarts = state.restarts().size();
    // The last of them is given the time to help.
    boolean mayHelpYet = restarts == limits.attempts() && (look.allRun() || look.starting());
    return restarts < limits.attempts() || mayHelpYet
        ? null
        : "restarted %d times within %d s in vain: %s"
            .formatted(restarts, limits.window().toSeconds(), ill(look));
  }

  private static String ill(Look.Seen look) {
    return look.allRun() && look.complaint() != null ? look.complaint() : look.words();
  }

  /** How long after the last try, when so many restarts lie in the window. */
  static Duration backoff(int restarts) {
    Duration doubled = Duration.ofSeconds(1L << Math.min(restarts, 6));
    return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
  }
}
