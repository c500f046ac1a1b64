package io.migrationmonkey.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.RedisWithUsers;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.TestCertificates;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.proxy.forwarding.TestServer;
import io.migrationmonkey.proxy.routing.Gate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole proxy as the user of Redis that an installation gives it. */
@ExtendWith(OutputCaptureExtension.class)
class LeastRightsIT {

  @TempDir Path directory;

  @Test
  void itFollowsHoldsAndReportsWithNoMoreThanItsOwnUserMay(CapturedOutput output) {
    RedisClient client = RedisClient.create();
    try (RedisWithUsers redis = RedisWithUsers.started(directory);
        TestServer production = TestServer.named("production");
        TestServer backup = TestServer.named("backup")) {
      RedisCommands<String, String> migrator = client.connect(uri(redis, "migrator")).sync();
      RedisCommands<String, String> person = client.connect(uri(redis, "person")).sync();
      migrator.set(SwitchKey.SWITCH, "false");
      String name;
      try (ConfigurableApplicationContext proxy =
          SpringApplication.run(
              ProxyApplication.class,
              "--server.port=0",
              "--monkey.proxy.name=p1",
              // With a name for each process: the user's rights do not know it beforehand.
              "--monkey.proxy.overlap=true",
              "--monkey.access.tokens=" + TestTokens.in(directory),
              "--monkey.snapshot.file=" + directory.resolve("route.json"),
              "--monkey.traffic.port=0",
              // So long that what is seen below was pushed.
              "--monkey.switching.poll=5m",
              "--monkey.upstreams.production=" + production.address(),
              "--monkey.upstreams.backup=" + backup.address(),
              "--spring.data.redis.url=" + redis.uri("proxy"))) {
        name = proxy.getBean(ProxySettings.class).name();
        String report = ProxyReport.key(name);
        Gate gate = proxy.getBean(Gate.class);
        await().until(() -> gate.active() == ServerName.PRODUCTION);
        await().until(() -> migrator.get(report) != null);
        migrator.set(SwitchKey.HOLD, "m-1", SetArgs.Builder.px(30_000));
        await().until(() -> report(migrator, report).drainedFor("m-1"));
        migrator.del(SwitchKey.HOLD);
        person.set(SwitchKey.SWITCH, "true");
        await().atMost(Duration.ofSeconds(10)).until(() -> gate.active() == ServerName.BACKUP);
        await().until(() -> report(migrator, report).active() == ServerName.BACKUP);
      }
      assertThat(migrator.get(ProxyReport.key(name))).as("taken away at its end").isNull();
      assertThat(output).doesNotContain("NOPERM").doesNotContain("does not let this proxy");
      assertThat(output).doesNotContain(RedisWithUsers.password("proxy"));

      RedisCommands<String, String> stolen = client.connect(uri(redis, "proxy")).sync();
      assertThatExceptionOfType(RedisCommandExecutionException.class)
          .isThrownBy(() -> stolen.set(SwitchKey.SWITCH, "false"))
          .withMessageContaining("NOPERM");
    } finally {
      client.shutdown();
    }
  }

  @Test
  void itFollowsByTlsAsSoonAsItTrustsWhoSignedRedisCertificate() throws Exception {
    TestCertificates made = TestCertificates.in(directory);
    int port = RedisWithUsers.freePort();
    RedisClient client = RedisClient.create();
    try (RedisWithUsers redis =
            RedisWithUsers.started(
                directory,
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                made.certificate().toString(),
                "--tls-key-file",
                made.key().toString(),
                "--tls-ca-cert-file",
                made.authority().toString());
        TestServer server = TestServer.named("production")) {
      RedisCommands<String, String> migrator = client.connect(uri(redis, "migrator")).sync();
      migrator.set(SwitchKey.SWITCH, "false");
      List<String> arguments = new ArrayList<>(List.of(made.bundle("redis")));
      arguments.addAll(
          List.of(
              "--server.port=0",
              "--monkey.proxy.name=p1",
              "--monkey.access.tokens=" + TestTokens.in(directory),
              "--monkey.snapshot.file=" + directory.resolve("route.json"),
              "--monkey.traffic.port=0",
              "--monkey.upstreams.production=" + server.address(),
              "--monkey.upstreams.backup=" + server.address(),
              "--spring.data.redis.ssl.bundle=redis",
              "--spring.data.redis.url="
                  + redis
                      .uri("proxy")
                      .replace("redis://", "rediss://")
                      .replace(":" + redis.port(), ":" + port)));
      try (ConfigurableApplicationContext proxy =
          SpringApplication.run(ProxyApplication.class, arguments.toArray(String[]::new))) {
        // Redis asks for a certificate too, and the bundle has one.
        await().until(() -> proxy.getBean(Gate.class).active() == ServerName.PRODUCTION);
        await().until(() -> migrator.get(ProxyReport.key("p1")) != null);
      }
    } finally {
      client.shutdown();
    }
  }

  private static RedisURI uri(RedisWithUsers redis, String user) {
    return RedisURI.create(redis.uri(user));
  }

  private static ProxyReport report(RedisCommands<String, String> redis, String key) {
    return Wire.read(redis.get(key), ProxyReport.class);
  }
}
