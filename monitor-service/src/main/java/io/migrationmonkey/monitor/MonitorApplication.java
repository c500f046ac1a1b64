package io.migrationmonkey.monitor;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.access.SecretFile;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.memory.HostMemory;
import io.migrationmonkey.monitor.memory.ServerMemory;
import io.migrationmonkey.monitor.orders.Doorbell;
import io.migrationmonkey.monitor.orders.Errand;
import io.migrationmonkey.monitor.orders.Migrator;
import io.migrationmonkey.monitor.orders.OrderDesk;
import io.migrationmonkey.monitor.orders.Preparation;
import io.migrationmonkey.monitor.pressure.PressureRule;
import io.migrationmonkey.monitor.reports.BootId;
import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.restart.Eyes;
import io.migrationmonkey.monitor.restart.Hands;
import io.migrationmonkey.monitor.restart.Health;
import io.migrationmonkey.monitor.restart.Records;
import io.migrationmonkey.monitor.restart.RestartMonkey;
import io.migrationmonkey.monitor.watch.ClockSteps;
import io.migrationmonkey.monitor.watch.Latest;
import io.migrationmonkey.monitor.watch.Sighting;
import io.migrationmonkey.monitor.watch.SteadyClock;
import io.migrationmonkey.monitor.watch.Trace;
import io.migrationmonkey.monitor.watch.Watch;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The monitor service: how its parts are put together. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class MonitorApplication {

  public static void main(String[] args) {
    SpringApplication.run(MonitorApplication.class, args);
  }

  /** All that is measured here is measured by it. The time of day is only shown. */
  @Bean
  Clock clock() {
    return new SteadyClock(Clock.systemUTC());
  }

  @Bean
  ServerName server(MonitorSettings settings) {
    return settings.server();
  }

  @Bean
  ServerMemory serverMemory(Clock clock) {
    return new ServerMemory(Path.of("/"), new HostMemory()::read, clock);
  }

  /** The watch hands each sighting to Redis and to the order desk, and waits for neither. */
  @Bean(initMethod = "start")
  Watch watch(
      ServerMemory memory,
      MemorySettings settings,
      PressureSettings pressure,
      Clock clock,
      Preparation preparation,
      Trace trace,
      Latest<Sighting> toRedis,
      Latest<Sighting> toOrderDesk,
      Latest<Sighting> toPreparation) {
    return new Watch(
        memory,
        new PressureRule(pressure.limits()),
        settings.period(),
        preparation::moveTook,
        clock,
        List.of(
            toRedis, toOrderDesk, toPreparation, trace, new ClockSteps(Clock.systemUTC(), clock)));
  }

  @Bean
  Trace trace() {
    return new Trace();
  }

  @Bean
  Latest<Sighting> toPreparation(Preparation preparation) {
    return new Latest<>("preparation", preparation);
  }

  @Bean
  Preparation preparation(
      ServerName server,
      Migrator migrator,
      MigratorSettings settings,
      RedisLink redis,
      Clock clock) {
    return new Preparation(server, migrator, settings.warmStandby(), redis, clock);
  }

  @Bean
  Latest<Sighting> toRedis(RedisLink redis) {
    return new Latest<>("redis-reports", redis);
  }

  @Bean
  Latest<Sighting> toOrderDesk(OrderDesk desk) {
    return new Latest<>("orders", desk);
  }

  @Bean
  RedisLink redisLink(
      StringRedisTemplate redis, ServerName server, PressureSettings pressure, Clock clock) {
    return new RedisLink(
        redis, server, BootId.ofThisBoot(), pressure.limits(), clock, Clock.systemUTC());
  }

  @Bean
  Migrator migrator(MigratorSettings settings, SslBundles bundles) {
    SecretFile token = new SecretFile("monkey.migrator.token-file", settings.tokenFile());
    // One that cannot order should not look as if it could.
    token.read();
    return new Migrator(
        settings.url(),
        token,
        settings.sslBundle().isEmpty()
            ? null
            : bundles.getBundle(settings.sslBundle()).createSslContext(),
        settings.connectTimeout(),
        settings.answerTimeout());
  }

  @Bean
  OrderDesk orderDesk(
      ServerName server, Migrator migrator, RedisLink redis, Clock clock, MeterRegistry meters) {
    return new OrderDesk(server, redis, migrator, clock, meters);
  }

  @Bean
  Doorbell doorbell(ServerName server, RedisLink redis, Migrator migrator, MeterRegistry meters) {
    return new Doorbell(server, redis, migrator, meters);
  }

  /**
   * Idle where there is no application to look after: a condition would be settled at build time.
   */
  @Bean(initMethod = "start")
  RestartMonkey restartMonkey(
      ServerName server,
      ApplicationSettings application,
      RestartSettings settings,
      StringRedisTemplate redis,
      Migrator migrator,
      Clock clock,
      MeterRegistry meters) {
    Hands hands = new Hands(settings.socket(), clock);
    Health health = new Health(application.health().url(), application.health().timeout());
    return new RestartMonkey(
        server,
        settings.enabled() && !application.services().isEmpty(),
        new Records(redis, server),
        new Eyes(hands, application.services(), health, clock),
        hands,
        settings.limits(),
        new Errand(server, migrator, clock, meters),
        clock,
        meters);
  }

  /**
   * A command fails at once while Redis is away: a queue of old reports helps nobody. Whoever waits
   * for an answer has a time limit of its own; with the client's there would be a timer for each.
   */
  @Bean
  LettuceClientOptionsBuilderCustomizer failFast() {
    return options ->
        options
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(64)
            .timeoutOptions(TimeoutOptions.create());
  }

  /** Ticks every half second; the client's own ticks ten times a second, all day long. */
  @Bean(destroyMethod = "stop")
  Timer redisTimer() {
    return new HashedWheelTimer(
        Thread.ofPlatform().name("redis-timer").daemon().factory(), 500, TimeUnit.MILLISECONDS);
  }

  /** Back soon after Redis is back, where the default may wait half a minute. */
  @Bean
  ClientResourcesBuilderCustomizer lightResources(Timer redisTimer) {
    return resources ->
        resources
            .reconnectDelay(Delay.constant(Duration.ofMillis(500)))
            .timer(redisTimer)
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2);
  }
}
