package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.parity.Connections;
import io.migrationmonkey.migrator.parity.MonitorReports;
import io.migrationmonkey.migrator.parity.ServerNow;
import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.parity.ServerReport.Application;
import io.migrationmonkey.migrator.parity.ServerReport.Role;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** Looks at both servers side by side, and answers within a bound whatever state they are in. */
@Component
public class InspectServers implements DisposableBean {

  private static final Duration AT_MOST = Duration.ofSeconds(5);

  /** Many who watch are one look. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Connections connections;
  private final ApplicationSettings application;
  private final HealthProbe health;
  private final MonitorReports monitors;
  private final Switchboard switchboard;
  private final Clock clock;
  private final Map<ServerName, RemoteServer> servers = new EnumMap<>(ServerName.class);
  private List<ServerReport> latest = List.of();
  private Instant latestAt = Instant.EPOCH;

  InspectServers(
      Connections connections,
      ApplicationSettings application,
      HealthProbe health,
      MonitorReports monitors,
      Switchboard switchboard,
      Clock clock) {
    this.connections = connections;
    this.application = application;
    this.health = health;
    this.monitors = monitors;
    this.switchboard = switchboard;
    this.clock = clock;
  }

  /** Production first. */
  public synchronized List<ServerReport> inspect() {
    if (latest.isEmpty() || !clock.instant().isBefore(latestAt.plus(FRESH))) {
      latest = look(active());
      latestAt = clock.instant();
    }
    return latest;
  }

  private List<ServerReport> look(@Nullable ServerName active) {
    List<CompletableFuture<ServerReport>> looks =
        Arrays.stream(ServerName.values()).map(name -> look(name, active)).toList();
    return looks.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<ServerReport> look(ServerName name, @Nullable ServerName active) {
    RemoteServer server = connection(name);
    CompletableFuture<Answer<ServerNow>> now =
        bounded(() -> server.run(new ServerNow.Read(AT_MOST)));
    CompletableFuture<Answer<List<String>>> states =
        bounded(() -> server.run(new Services.States(application.services())));
    CompletableFuture<Answer<Optional<String>>> healthy =
        bounded(() -> health.awaitHealthy(server, Duration.ZERO));
    CompletableFuture<Answer<Optional<ServerReport.Memory>>> memory =
        bounded(() -> monitors.of(name).map(ServerReport.Memory::of));
    return CompletableFuture.allOf(now, states, healthy, memory)
        .thenApply(all -> {
          ServerNow facts = now.join().value();
          if (facts == null) {
            forget(name, server);
          }
          return new ServerReport(
              name,
              server.address(),
              active == null ? null : name == active ? Role.ACTIVE : Role.STANDBY,
              facts != null,
              now.join().problem(),
              facts == null ? null : facts.bootId(),
              facts == null ? null : facts.upSeconds(),
              services(states.join().value()),
              application(healthy.join()),
              Optional.ofNullable(memory.join().value()).flatMap(word -> word).orElse(null),
              facts == null ? null : facts.rebootRequired(),
              null);
        });
  }

  private RemoteServer connection(ServerName name) {
    synchronized (servers) {
      return servers.computeIfAbsent(name, connections::open);
    }
  }

  /** A connection that hangs is not asked again. */
  private void forget(ServerName name, RemoteServer server) {
    synchronized (servers) {
      servers.remove(name, server);
    }
    Thread.ofVirtual().start(server::close);
  }

  private @Nullable Map<String, String> services(@Nullable List<String> states) {
    if (states == null) {
      return null;
    }
    Map<String, String> services = new LinkedHashMap<>();
    for (int i = 0; i < states.size(); i++) {
      services.put(application.services().get(i), states.get(i));
    }
    return services;
  }

  private static Application application(Answer<Optional<String>> healthy) {
    Optional<String> complaint = healthy.value();
    String problem = complaint == null ? healthy.problem() : complaint.orElse(null);
    return new Application(problem == null, problem);
  }

  private @Nullable ServerName active() {
    try {
      return switchboard.read().active();
    } catch (SwitchUnknown e) {
      return null;
    }
  }

  private static <T> CompletableFuture<Answer<T>> bounded(Supplier<T> question) {
    return CompletableFuture.supplyAsync(
            () -> answer(question), task -> Thread.ofVirtual().start(task))
        .completeOnTimeout(
            new Answer<>(null, "no answer within %d s".formatted(AT_MOST.toSeconds())),
            AT_MOST.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static <T> Answer<T> answer(Supplier<T> question) {
    try {
      return new Answer<>(question.get(), null);
    } catch (RuntimeException e) {
      return new Answer<>(null, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  @Override
  public void destroy() {
    synchronized (servers) {
      servers.values().forEach(RemoteServer::close);
    }
  }

  /** What came back, or why nothing did. */
  private record Answer<T>(@Nullable T value, @Nullable String problem) {}
}
