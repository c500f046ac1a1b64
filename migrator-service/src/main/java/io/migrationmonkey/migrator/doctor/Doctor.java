package io.migrationmonkey.migrator.doctor;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ServerSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.parity.Connections;
import io.migrationmonkey.migrator.parity.ParityDesk;
import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshFailure;
import io.migrationmonkey.migrator.ssh.SshSettings;
import io.migrationmonkey.migrator.steps.InspectServers;
import io.migrationmonkey.migrator.switching.Pause;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Looks at both servers, the proxies and the switch, and says what is missing. Changes nothing. */
@Component
public class Doctor {

  private final InspectServers servers;
  private final Connections connections;
  private final ApplicationSettings application;
  private final ServerSettings settings;
  private final SshSettings ssh;
  private final Switchboard switchboard;
  private final ParityDesk parity;
  private final Pause pause;
  private final Clock clock;

  private final Object looking = new Object();
  private @Nullable Diagnosis latest;

  Doctor(
      InspectServers servers,
      Connections connections,
      ApplicationSettings application,
      ServerSettings settings,
      SshSettings ssh,
      Switchboard switchboard,
      ParityDesk parity,
      Pause pause,
      Clock clock) {
    this.servers = servers;
    this.connections = connections;
    this.application = application;
    this.settings = settings;
    this.ssh = ssh;
    this.switchboard = switchboard;
    this.parity = parity;
    this.pause = pause;
    this.clock = clock;
  }

  /**
   * Takes some seconds, and a minute at most. Who asks while another look lasts gets its result.
   */
  public Diagnosis examine() {
    Instant asked = clock.instant();
    synchronized (looking) {
      Diagnosis known = latest;
      if (known == null || !known.at().isAfter(asked)) {
        known = look();
        latest = known;
      }
      return known;
    }
  }

  private Diagnosis look() {
    List<Finding> findings = new ArrayList<>();
    Map<ServerName, ServerFacts> facts = new EnumMap<>(ServerName.class);
    for (ServerReport seen : servers.inspect()) {
      findings.addAll(examine(seen, facts));
    }
    findings.addAll(DoctorRules.pair(facts));
    try {
      ServerName active = switchboard.read().active();
      findings.add(Finding.ok("redis", "answers; the switch says " + active));
      findings.addAll(DoctorRules.traffic(active, switchboard.proxies()));
      pause
          .standing()
          .ifPresent(standing ->
              findings.add(
                  Finding.warning(
                      "both servers",
                      "nothing moves by itself: %s paused it (%s)"
                          .formatted(standing.by(), standing.reason()),
                      "DELETE /api/pause, or 'monkey resume'")));
      for (String reason : parity.report().reasons()) {
        findings.add(
            Finding.warning(
                active.other(),
                "is not ready: " + reason,
                "GET /api/parity?refresh=true looks again, POST /api/parity/warm brings it up to date"));
      }
    } catch (SwitchUnknown | DataAccessException e) {
      findings.add(
          Finding.problem(
              "redis",
              "nobody can say where the switch stands: " + e.getMessage(),
              "traffic goes where it went; start Redis again, and nothing migrates until then"));
    }
    return Diagnosis.of(clock.instant(), findings);
  }

  private List<Finding> examine(ServerReport seen, Map<ServerName, ServerFacts> known) {
    if (!seen.reachable()) {
      return List.of(DoctorRules.unreachable(seen.name(), String.valueOf(seen.problem())));
    }
    try (RemoteServer server = connections.open(seen.name())) {
      // This one pays for the connection; the clocks are compared without that.
      ServerFacts facts = server.run(new ServerFacts.Read());
      known.put(seen.name(), facts);
      Instant asked = clock.instant();
      Examination examination =
          server.run(
              new Examination.Read(
                  settings.address(seen.name().other()),
                  ssh.port(),
                  application.services(),
                  application.data()));
      return DoctorRules.server(
          application, seen, facts, examination, Duration.between(asked, examination.now()));
    } catch (SshFailure | MalformedOutput e) {
      return List.of(DoctorRules.unreachable(seen.name(), String.valueOf(e.getMessage())));
    }
  }
}
