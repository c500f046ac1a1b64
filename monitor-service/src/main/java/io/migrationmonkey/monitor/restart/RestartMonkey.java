package io.migrationmonkey.monitor.restart;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.ApplicationReport;
import io.migrationmonkey.contract.ApplicationReport.State;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.orders.Errand;
import io.migrationmonkey.monitor.restart.RestartRule.Plan;
import io.migrationmonkey.monitor.restart.RestartRule.Situation;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop: looks each second, asks the rule, and does what it says under the lease, on a thread of
 * its own.
 */
public final class RestartMonkey implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RestartMonkey.class);

  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** Often enough for the one before not to expire. */
  private static final Duration REPORT = ApplicationReport.TTL.dividedBy(2);

  /** Less than the lease lasts. What takes longer goes on by itself; the next looks tell. */
  private static final Duration ACT = Duration.ofSeconds(7);

  /** Without a lease, because Redis is away. */
  private static final String NO_LEASE = "-";

  /**
   * The first word of what root's helper answers; it lasts longer than we wait, or says nothing.
   */
  private static final List<String> OUTCOMES =
      List.of("done", "failed", "refused", "busy", "lasts", "broken");

  private final ServerName server;
  private final boolean enabled;
  private final Records records;
  private final Eyes eyes;
  private final Hands hands;
  private final RestartRule rule;
  private final Errand errand;
  private final Clock clock;
  private final MeterRegistry meters;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("restart-monkey").daemon().factory());

  private RestartState state = RestartState.fresh();
  private String lastWhy = "";
  private Instant reportedAt = Instant.EPOCH;
  private boolean vain;
  private volatile Seen seen;

  /**
   * What Restart Monkey sees, and makes of it.
   *
   * @param why in words
   * @param restarts within the window, by us or by systemd
   */
  public record Seen(
      Instant at, State application, String text, String why, List<Instant> restarts) {}

  /**
   * @param enabled false looks at nothing and does nothing
   */
  public RestartMonkey(
      ServerName server,
      boolean enabled,
      Records records,
      Eyes eyes,
      Hands hands,
      RestartLimits limits,
      Errand errand,
      Clock clock,
      MeterRegistry meters) {
    this.server = server;
    this.enabled = enabled;
    this.records = records;
    this.eyes = eyes;
    this.hands = hands;
    this.rule = new RestartRule(server, limits);
    this.errand = errand;
    this.clock = clock;
    this.meters = meters;
    this.seen =
        new Seen(clock.instant(), State.UNKNOWN, "nobody has looked yet", "starting", List.of());
    Gauge.builder("monkey.application.well", this, RestartMonkey::well)
        .tag("server", server.toString())
        .description("1 while the application runs here and is healthy; NaN while nobody knows")
        .register(meters);
    for (Action action : EnumSet.complementOf(EnumSet.of(Action.NOTHING))) {
      OUTCOMES.forEach(outcome -> restarts(action, outcome));
    }
  }

  public void start() {
    if (enabled) {
      var _ = timer.scheduleWithFixedDelay(this::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** False looks at nothing and does nothing. */
  public boolean enabled() {
    return enabled;
  }

  public Seen seen() {
    return seen;
  }

  public Errand.Word order() {
    return errand.word();
  }

  private double well() {
    return switch (seen.application) {
      case WELL -> 1;
      case SICK, OFF -> 0;
      case UNKNOWN -> Double.NaN;
    };
  }

  private void look() {
    try {
      turn();
    } catch (RuntimeException | Error e) {
      // The scheduler would silently drop a task that throws, and nobody would look any more.
      log.error("Restart Monkey failed, and tries again", e);
    }
  }

  void turn() {
    Standing standing = records.read();
    Look look = eyes.look(standsBy(standing));
    Plan plan = rule.next(state, new Situation(clock.instant(), standing, look));
    state = plan.state();
    if (plan.action() != Action.NOTHING) {
      act(plan, standing, look);
    }
    announce(plan, look);
    errand.tend(plan.leave(), standing instanceof Standing.Said said ? said.active() : null);
  }

  private boolean standsBy(Standing standing) {
    Standing.@Nullable Said said = standing instanceof Standing.Said s ? s : state.lastSaid();
    return said != null && said.active() == server.other();
  }

  private boolean isDue(Instant now) {
    Duration age = Duration.between(reportedAt, now);
    return age.isNegative() || age.compareTo(REPORT) >= 0;
  }

  private void announce(Plan plan, Look look) {
    Instant now = clock.instant();
    if (seen.application != look.state() || isDue(now)) {
      reportedAt = now;
      records.report(new ApplicationReport(server, look.state(), look.words(), now));
    }
    seen = new Seen(now, look.state(), look.words(), plan.why(), plan.state().restarts());
    if (!plan.why().equals(lastWhy)) {
      lastWhy = plan.why();
      log.info("{}", plan.why());
    }
    if (plan.leave() != null && !vain) {
      tell(Event.What.RESTARTS_IN_VAIN, plan.leave());
    }
    // What crashes again and again looks better now and then, and is the same trouble.
    vain = plan.leave() != null || (vain && look.state() != State.WELL);
  }

  /** Only what still is to be done once nobody else can act any more. */
  private void act(Plan plan, Standing standing, Look look) {
    if (standing instanceof Standing.Away) {
      take(plan.action(), plan.why(), NO_LEASE);
      return;
    }
    Optional<String> lease = records.takeLease();
    if (lease.isEmpty()) {
      return;
    }
    try {
      Plan again = rule.next(state, new Situation(clock.instant(), records.read(), look));
      state = again.state();
      if (again.action() == plan.action()) {
        take(again.action(), again.why(), lease.get());
      }
    } finally {
      records.giveBack(lease.get());
    }
  }

  private void take(Action action, String why, String lease) {
    String word = action.name().toLowerCase(Locale.ROOT);
    String came;
    try {
      came = hands.ask("%s %s".formatted(word, lease), ACT);
    } catch (IOException e) {
      came = "lasts: " + e.getMessage();
    }
    String outcome = came.isEmpty() ? "broken" : came.split("[ :]", 2)[0];
    restarts(action, outcome).increment();
    if (outcome.equals("refused") || outcome.equals("busy")) {
      log.info("{}: {}", word, came);
      return;
    }
    state = rule.after(state, action, clock.instant());
    tell(
        action == Action.STOP ? Event.What.STOPPED_ON_STANDBY : Event.What.RESTARTED,
        "%s (%s)".formatted(why, came));
  }

  private Counter restarts(Action action, String outcome) {
    return Counter.builder("monkey.restarts")
        .description("What Restart Monkey did to the application, by what came of it")
        .tag("server", server.toString())
        .tag("action", action.name().toLowerCase(Locale.ROOT))
        .tag("outcome", outcome)
        .register(meters);
  }

  private void tell(Event.What what, String text) {
    log.warn("{}: {}", what, text);
    records.tell(new Event(clock.instant(), "restart monkey on " + server, what, text));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    errand.close();
  }
}
