package io.migrationmonkey.migrator.doctor;

import static io.migrationmonkey.migrator.doctor.Finding.ok;
import static io.migrationmonkey.migrator.doctor.Finding.problem;
import static io.migrationmonkey.migrator.doctor.Finding.warning;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.parity.ServerReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong about what was seen, and what helps. */
final class DoctorRules {

  /** More than the way there and back over SSH takes, and less than anybody should accept. */
  private static final Duration CLOCKS_APART = Duration.ofSeconds(5);

  private static final long LITTLE_ROOM = 512L << 20;

  private DoctorRules() {}

  /**
   * About one server that answers.
   *
   * @param ahead how far its clock is ahead of the migrator's
   * @param seen with its role
   */
  static List<Finding> server(
      ApplicationSettings application,
      ServerReport seen,
      ServerFacts facts,
      Examination found,
      Duration ahead) {
    ServerName server = seen.name();
    List<Finding> findings = new ArrayList<>();
    findings.add(ok(server, "answers by SSH, and lets us be root"));
    findings.addAll(means(server, facts, found));
    findings.addAll(way(server, seen.name().other(), found));
    findings.add(
        found.guarded()
            ? ok(server, "has the boot guard")
            : problem(
                server,
                "has no boot guard: after a reboot it would start the application even as the standby",
                "ansible-playbook site.yml --tags guard installs it"));
    findings.add(
        seen.memory() != null
            ? ok(server, "has a monitor that reports: " + seen.memory().reason())
            : problem(
                server,
                "has no monitor that reports, so nobody sees when its memory runs out, and as the standby it is refused",
                "systemctl status migration-monkey-monitor on %s, and whether it reaches Redis"
                    .formatted(server)));
    if (ahead.abs().compareTo(CLOCKS_APART) > 0) {
      findings.add(
          warning(
              server,
              "has a clock that is %d s %s the migrator's"
                  .formatted(ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of"),
              "timedatectl set-ntp true on both"));
    }
    if (Boolean.TRUE.equals(seen.rebootRequired())) {
      findings.add(
          warning(
              server,
              "asks for a reboot (/run/reboot-required)",
              "POST /api/servers/%s/restarts does it without an interruption".formatted(server)));
    }
    if (seen.role() == ServerReport.Role.ACTIVE) {
      findings.addAll(active(application, seen, found));
    } else if (seen.role() == ServerReport.Role.STANDBY) {
      findings.addAll(standby(application, server, found));
    }
    return findings;
  }

  /** About one that does not; the problem that was seen says what helps. */
  static Finding unreachable(ServerName server, String problem) {
    return problem(
        server, problem, "once it answers to 'ssh' from the migrator's machine, ask again");
  }

  private static List<Finding> means(ServerName server, ServerFacts facts, Examination found) {
    List<Finding> findings = new ArrayList<>();
    if (found.missingTools().isEmpty()) {
      findings.add(ok(server, "has the programs that a migration calls"));
    } else {
      findings.add(
          problem(
              server,
              "lacks " + found.missingTools().stream().sorted().collect(Collectors.joining(", ")),
              "apt-get install "
                  + found.missingTools().stream()
                      .map(tool -> Examination.TOOLS.getOrDefault(tool, tool))
                      .distinct()
                      .sorted()
                      .collect(Collectors.joining(" "))));
    }
    if (!found.halfInstalled().isEmpty()) {
      findings.add(
          warning(
              server,
              "has packages that dpkg has not finished: "
                  + String.join(", ", found.halfInstalled()),
              "dpkg --configure -a && apt-get --fix-broken install; the next migration tries it too"));
    }
    if (facts.freeBytes() < LITTLE_ROOM) {
      findings.add(
          warning(
              server,
              "has only %d MB free under /var".formatted(facts.freeBytes() >> 20),
              "make room: 'apt-get clean' and 'journalctl --vacuum-size=100M' are a beginning"));
    }
    return findings;
  }

  private static List<Finding> way(ServerName server, ServerName peer, Examination found) {
    return List.of(
        found.reachesPeer()
            ? ok(server, "reaches the sshd of " + peer)
            : problem(
                server,
                "does not reach the sshd of %s, and data goes straight from one to the other"
                    .formatted(peer),
                "let SSH through from %s to %s; monkey.servers.%s.address must be one that %s can use too"
                    .formatted(server, peer, peer, server)));
  }

  private static List<Finding> active(
      ApplicationSettings application, ServerReport seen, Examination found) {
    ServerName server = seen.name();
    List<Finding> findings = new ArrayList<>();
    for (String service : application.services()) {
      Examination.Unit unit = unit(found, service);
      if (unit.loaded().equals("not-found")) {
        findings.add(
            problem(
                server,
                "knows no %s".formatted(service),
                "correct monkey.application.services, or install the unit and 'systemctl daemon-reload'"));
      } else if (!unit.active().equals("active")) {
        findings.add(
            problem(
                server,
                "does not run %s: it is %s".formatted(service, unit.active()),
                "systemctl status %s there".formatted(service)));
      }
    }
    for (String user : found.absentUsers()) {
      findings.add(
          problem(
              server,
              "does not know the user %s, which a unit of the application names".formatted(user),
              "adduser --system %s, or correct the unit".formatted(user)));
    }
    for (String path : found.missingPaths()) {
      findings.add(
          problem(
              server,
              "has no %s, which is to move".formatted(path),
              "correct monkey.application.data, or create it"));
    }
    String problem = seen.application().problem();
    if (problem != null) {
      findings.add(
          problem(
              server,
              problem,
              "correct monkey.application.health, or see 'journalctl -u %s' there"
                  .formatted(application.services().getLast())));
    }
    if (findings.isEmpty()) {
      findings.add(
          ok(server, "serves %s, and has all that is to move".formatted(application.name())));
    }
    return findings;
  }

  private static List<Finding> standby(
      ApplicationSettings application, ServerName server, Examination found) {
    if (application.data().isEmpty()) {
      return List.of();
    }
    List<String> running =
        application.services().stream()
            .filter(service -> unit(found, service).active().equals("active"))
            .toList();
    return List.of(
        running.isEmpty()
            ? ok(server, "does not run the application while it stands by")
            : problem(
                server,
                "runs %s though it is the standby, and copying under it would harm its data"
                    .formatted(String.join(", ", running)),
                "systemctl disable --now %s there".formatted(String.join(" ", running))));
  }

  private static Examination.Unit unit(Examination found, String service) {
    return found.units().getOrDefault(service, new Examination.Unit("not-found", "inactive"));
  }

  /** About both, where both answer. */
  static List<Finding> pair(Map<ServerName, ServerFacts> facts) {
    ServerFacts production = facts.get(ServerName.PRODUCTION);
    ServerFacts backup = facts.get(ServerName.BACKUP);
    if (production == null || backup == null) {
      return List.of();
    }
    List<String> differences = production.unlike(backup);
    return List.of(
        differences.isEmpty()
            ? ok(
                "both servers",
                "are %s %s".formatted(production.release(), production.architecture()))
            : problem(
                "both servers",
                String.join("; ", differences) + " (production and backup)",
                "packages and data move between equals only: install the same release on both"));
  }

  /**
   * About the proxies.
   *
   * @param active as the switch says; null while it says nothing
   */
  static List<Finding> traffic(@Nullable ServerName active, List<ProxyReport> proxies) {
    if (proxies.isEmpty()) {
      return List.of(
          problem(
              "traffic",
              "no proxy reports, so a migration would not know when to stop the application",
              "systemctl status migration-monkey-proxy, and whether it reaches Redis"));
    }
    List<Finding> findings = new ArrayList<>();
    for (ProxyReport proxy : proxies) {
      findings.add(
          proxy.active() == active
              ? ok("traffic", "%s sends it to %s".formatted(proxy.proxy(), proxy.active()))
              : problem(
                  "traffic",
                  "%s sends it to %s, and the switch says %s"
                      .formatted(proxy.proxy(), proxy.active(), active),
                  "GET /api/route of that proxy says why; a flip by PUT /api/switch sets all of them right"));
    }
    return findings;
  }
}
