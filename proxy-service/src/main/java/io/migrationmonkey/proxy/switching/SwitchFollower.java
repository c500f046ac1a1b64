package io.migrationmonkey.proxy.switching;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.proxy.BackgroundLoop;
import io.migrationmonkey.proxy.ProxySettings;
import io.migrationmonkey.proxy.routing.Gate;
import io.migrationmonkey.proxy.routing.HoldOrder;
import io.migrationmonkey.proxy.routing.Route;
import io.migrationmonkey.proxy.routing.RouteSnapshot;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Follows the switch: Redis pushes that a key of it changed, the follower reads them all in one
 * script, and the gate hears what that means. A thread of its own keeps the connection, and reads
 * now and then without having been told.
 *
 * <p>A connection is armed before the first reading, so nothing falls between; one that is lost or
 * silent is replaced by a new one that is armed again. While Redis is away the last route stands.
 */
@Component
public final class SwitchFollower extends BackgroundLoop {

  private static final Logger log = LoggerFactory.getLogger(SwitchFollower.class);

  private static final int WARM_UPS = 300;

  private final RedisClient redis;
  private final SwitchSettings settings;
  private final Gate gate;
  private final Clock clock;
  private final RouteSnapshot.@Nullable Memory memory;
  private final CountDownLatch settled = new CountDownLatch(1);
  private final Counter connects;
  private final String warmUpKey;
  private final Object order = new Object();
  private long asked;
  private long followed;
  private volatile boolean connected;
  private volatile Trouble.@Nullable Kind trouble;
  private @Nullable String told;
  private boolean lossTold;
  private boolean warm;

  SwitchFollower(
      RedisClient redis,
      SwitchSettings settings,
      ProxySettings proxy,
      Gate gate,
      RouteSnapshot snapshot,
      Clock clock,
      MeterRegistry metrics) {
    super("switch-follower", Duration.ofMillis(50));
    this.redis = redis;
    this.settings = settings;
    this.gate = gate;
    this.clock = clock;
    this.memory = snapshot.read().orElse(null);
    this.warmUpKey = "proxy:warm-up:" + proxy.name();
    Gauge.builder("monkey_switch_connected", this, follower -> follower.connected ? 1 : 0)
        .description("1 while the switch is read from Redis and pushes arrive")
        .register(metrics);
    connects =
        Counter.builder("monkey_switch_connects")
            .description("Connections to Redis that were opened and armed to follow the switch")
            .register(metrics);
    for (Trouble.Kind kind : Trouble.Kind.values()) {
      Gauge.builder("monkey_switch_trouble", this, follower -> follower.trouble == kind ? 1 : 0)
          .description("1 while what stands in Redis can't be followed for this reason")
          .tag("reason", kind.name().toLowerCase(Locale.ROOT))
          .register(metrics);
    }
  }

  /** True while the switch is read from Redis and pushes arrive. */
  public boolean connected() {
    return connected;
  }

  /**
   * Returns when there is a route, or Redis has said that it has none, or patience is over: the
   * traffic port opens after this, and a start is to answer no request with "no route yet" only
   * because the machine is slow.
   */
  @Override
  public void start() {
    super.start();
    try {
      var _ = settled.await(settings.startPatience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  protected void work() throws InterruptedException {
    while (isRunning()) {
      try {
        followOneConnection();
      } catch (RedisException e) {
        followMemory();
        tellOfLoss(e);
      } catch (RuntimeException e) {
        log.error("Following the switch failed; connecting anew", e);
      }
      connected = false;
      if (gate.active() != null) {
        settled.countDown();
      }
      awaitNews(settings.reconnectDelay());
    }
  }

  private void followMemory() {
    synchronized (order) {
      if (memory != null && gate.active() == null) {
        gate.follow(memory.route(), memory.order(clock.instant()));
      }
    }
  }

  private void followOneConnection() throws InterruptedException {
    try (StatefulRedisConnection<String, String> connection = redis.connect()) {
      connection.addListener(new LossListener());
      // Read from the push itself: each hand-over to another thread would cost the flip time.
      connection.addListener(message -> {
        if (message.getType().equals("invalidate")) {
          var _ = read(connection);
        }
      });
      connection
          .sync()
          .clientTracking(
              TrackingArgs.Builder.enabled(true).bcast().prefixes(SwitchKey.PREFIX, warmUpKey));
      while (isRunning()) {
        LettuceFutures.awaitOrCancel(
            read(connection), settings.commandTimeout().toMillis(), TimeUnit.MILLISECONDS);
        tellOfReturn();
        warmUp(connection);
        awaitNews(settings.poll());
      }
    }
  }

  // A flip is rare, so its way would be walked by cold code each time: ten times slower. Walk it
  // some hundred times first, with pushes about a key that says nothing.
  private void warmUp(StatefulRedisConnection<String, String> connection) {
    if (warm) {
      return;
    }
    warm = true;
    try {
      for (int i = 0; i < WARM_UPS && isRunning(); i++) {
        connection.sync().psetex(warmUpKey, 1000, "");
      }
    } catch (RedisCommandExecutionException e) {
      log.info("Redis does not let this proxy warm up ({}); flips may take longer", e.getMessage());
    }
  }

  private RedisFuture<List<Object>> read(StatefulRedisConnection<String, String> connection) {
    synchronized (order) {
      long number = ++asked;
      RedisFuture<List<Object>> reply =
          connection
              .async()
              .eval(
                  SwitchReading.SCRIPT,
                  ScriptOutputType.MULTI,
                  new String[0],
                  SwitchKey.SWITCH,
                  SwitchKey.RECORD,
                  SwitchKey.HOLD);
      var _ =
          reply
              .thenAccept(keys -> follow(number, SwitchReading.of(keys)))
              .exceptionally(this::readFailed);
      return reply;
    }
  }

  // The thread that keeps the connection reads again at once, and finds out what is wrong with it.
  private @Nullable Void readFailed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    boolean connectionLost =
        cause instanceof RedisException
            || cause instanceof CancellationException
            || cause instanceof IOException;
    if (!connectionLost) {
      log.error("What was read of the switch could not be followed", failure);
    }
    wake();
    return null;
  }

  // Readings are answered in the order in which they were asked for, but a thread may be late with
  // what it was told: what is older than the last one followed is passed over.
  private void follow(long number, SwitchReading reading) {
    synchronized (order) {
      if (number > followed) {
        followed = number;
        follow(reading);
      }
    }
  }

  private void follow(SwitchReading reading) {
    RouteSnapshot.Memory started = gate.active() == null ? memory : null;
    Route last = started == null ? gate.state().route() : started.route();
    String heldBefore = gate.state().holding();
    RouteDecision decision = RouteDecision.after(last, reading);
    HoldOrder hold =
        started != null && decision.order() instanceof HoldOrder.Keep
            ? started.order(clock.instant())
            : decision.order();
    Route next = decision.route();
    if (next != null) {
      gate.follow(next, hold);
      if (!next.equals(last) || started != null) {
        log.info(
            "Traffic goes to {} (epoch {}){}",
            next.active(),
            next.epoch(),
            last == null || last.active() == next.active()
                ? ""
                : ", no longer to " + last.active());
      }
      if (hold instanceof HoldOrder.Wait wait && !wait.migration().equals(heldBefore)) {
        log.info("Holding traffic for migration {}, at most {}", wait.migration(), wait.left());
      } else if (hold instanceof HoldOrder.Open && heldBefore != null) {
        log.info("Traffic is no longer held for migration {}", heldBefore);
      }
    }
    tellOfTrouble(decision.trouble());
    settled.countDown();
  }

  private void tellOfTrouble(@Nullable Trouble found) {
    trouble = found == null ? null : found.kind();
    String text = found == null ? null : found.text();
    if (!Objects.equals(text, told)) {
      told = text;
      if (text != null) {
        log.warn("{}", text);
      } else {
        log.info("What stands in Redis can be followed again");
      }
    }
  }

  private void tellOfLoss(RedisException e) {
    if (!lossTold && isRunning()) {
      lossTold = true;
      ServerName active = gate.active();
      log.warn(
          "Redis is away ({}); {}. Trying every {} ms",
          e.getMessage(),
          active == null
              ? "there is no route yet, so requests are answered 503"
              : "traffic keeps going to " + active,
          settings.reconnectDelay().toMillis());
    }
  }

  private void tellOfReturn() {
    if (!connected) {
      connected = true;
      connects.increment();
    }
    if (lossTold) {
      lossTold = false;
      log.info("Redis is back; the switch is followed again");
    }
  }

  private final class LossListener implements RedisConnectionStateListener {

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      connected = false;
      wake();
    }
  }
}
