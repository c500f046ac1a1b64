package io.migrationmonkey.monitor.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.migrationmonkey.contract.ApplicationReport;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.RedisWithUsers;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.monitor.pressure.PressureLimits;
import io.migrationmonkey.monitor.reports.BootId;
import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.reports.Role;
import io.migrationmonkey.monitor.watch.Sighting;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A monitor's link as the user of Redis that an installation gives it. */
class LeastRightsIT {

  @TempDir Path directory;

  @Test
  void itReportsOfItsOwnServerReadsTheSwitchAndWritesNothingElse() {
    RedisClient client = RedisClient.create();
    try (RedisWithUsers redis = RedisWithUsers.started(directory)) {
      var migrator = client.connect(RedisURI.create(redis.uri("migrator"))).sync();
      migrator.set(SwitchKey.SWITCH, "true");
      LettuceConnectionFactory connections = connections(redis);
      StringRedisTemplate template = new StringRedisTemplate(connections);
      ManualClock clock = new ManualClock();
      RedisLink link =
          new RedisLink(
              template,
              ServerName.PRODUCTION,
              new BootId("a-boot"),
              PressureLimits.DEFAULT,
              clock,
              clock);

      link.accept(new Sighting.Unread(clock.instant(), "not what this is about"));
      template.opsForValue().set(MonitorReport.key(ServerName.PRODUCTION), "{}", MonitorReport.TTL);

      assertThat(link.connected()).isTrue();
      assertThat(link.role()).isInstanceOf(Role.Known.class);
      assertThat(migrator.get(MonitorReport.key(ServerName.PRODUCTION))).isEqualTo("{}");
      for (String key :
          new String[] {
            SwitchKey.SWITCH, SwitchKey.RECORD, SwitchKey.HOLD, MonitorReport.key(ServerName.BACKUP)
          }) {
        assertThatExceptionOfType(DataAccessException.class)
            .as(key)
            .isThrownBy(() -> template.opsForValue().set(key, "false"))
            .withStackTraceContaining("NOPERM");
      }

      Records records = new Records(template, ServerName.PRODUCTION);
      assertThat(records.read()).isInstanceOf(Standing.Said.class);
      String lease = records.takeLease().orElseThrow();
      records.giveBack(lease);
      assertThat(records.takeLease()).isPresent();
      records.report(
          new ApplicationReport(
              ServerName.PRODUCTION, ApplicationReport.State.WELL, "", clock.instant()));
      assertThat(migrator.get(ApplicationReport.key(ServerName.PRODUCTION))).contains("well");
      connections.destroy();
    } finally {
      client.shutdown();
    }
  }

  private static LettuceConnectionFactory connections(RedisWithUsers redis) {
    RedisStandaloneConfiguration where =
        new RedisStandaloneConfiguration("127.0.0.1", redis.port());
    where.setUsername("monitor-production");
    where.setPassword(RedisWithUsers.password("monitor-production"));
    LettuceConnectionFactory connections = new LettuceConnectionFactory(where);
    connections.afterPropertiesSet();
    connections.start();
    return connections;
  }
}
