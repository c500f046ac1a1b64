package io.migrationmonkey.proxy.underload;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.SwitchRecord;
import io.migrationmonkey.contract.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A real Redis, the application on two servers, and as many processes of the proxy as are wanted.
 */
final class Stage implements AutoCloseable {

  final RealRedis redis = RealRedis.started();
  final Application application = new Application();
  private final Path directory;
  private final List<RunningProxy> proxies = new ArrayList<>();
  private RedisClient client;
  private RedisCommands<String, String> cli;
  private ServerName active = ServerName.PRODUCTION;
  private long epoch = 1;

  Stage(Path directory) {
    this.directory = directory;
    refill();
  }

  RunningProxy proxy(int port, String... more) throws Exception {
    RunningProxy started =
        RunningProxy.start("p" + proxies.size(), port, redis.uri(), application, directory, more);
    proxies.add(started);
    return started;
  }

  RedisCommands<String, String> cli() {
    return cli;
  }

  ServerName active() {
    return active;
  }

  /** Writes switch and record, as the migrator does, also into a Redis that was started anew. */
  void refill() {
    if (client != null) {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
    client = RedisClient.create(redis.uri());
    StatefulRedisConnection<String, String> connection = client.connect();
    cli = connection.sync();
    write();
  }

  /** Moves the switch to the other server, with the next epoch. */
  void flip() {
    active = active.other();
    epoch++;
    write();
  }

  private void write() {
    cli.multi();
    cli.set(SwitchKey.SWITCH, SwitchKey.valueFor(active));
    cli.hset(
        SwitchKey.RECORD, new SwitchRecord(active, epoch, "test", "test", Instant.EPOCH).toHash());
    cli.del(SwitchKey.HOLD);
    cli.exec();
  }

  /** Returns as soon as the proxy has reported the latest flip. */
  void awaitReport(String proxy) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < deadline) {
      String text = cli.get(ProxyReport.key(proxy));
      if (text != null && Wire.read(text, ProxyReport.class).epoch() == epoch) {
        return;
      }
      LockSupport.parkNanos(200_000);
    }
    throw new IllegalStateException("the proxy did not report epoch " + epoch);
  }

  @Override
  public void close() {
    proxies.forEach(RunningProxy::close);
    application.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    redis.close();
  }
}
