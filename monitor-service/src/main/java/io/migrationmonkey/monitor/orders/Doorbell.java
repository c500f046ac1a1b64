package io.migrationmonkey.monitor.orders;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.reports.Role;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Orders a migration for somebody outside, and answers with what the migrator said. Nothing is kept
 * here: an order that nobody took is the caller's to send again.
 */
public final class Doorbell {

  private final ServerName server;
  private final RedisLink redis;
  private final Migrator migrator;
  private final MeterRegistry meters;

  public Doorbell(ServerName server, RedisLink redis, Migrator migrator, MeterRegistry meters) {
    this.server = server;
    this.redis = redis;
    this.migrator = migrator;
    this.meters = meters;
    for (Outcome outcome : Outcome.values()) {
      triggers(outcome);
    }
  }

  /** What came of it. */
  public enum Outcome {
    /** The migrator runs it. */
    ACCEPTED,
    /** Nothing to do: this server is not the active one. */
    STANDBY,
    /** Another migration runs, or the switch has just moved. */
    BUSY,
    /** The migrator said no; the same order would be refused again now. */
    REFUSED,
    /** Nobody took it: to be sent again. */
    FAILED
  }

  /**
   * An outcome in words.
   *
   * @param location of the migration
   */
  public record Reply(Outcome outcome, String text, @Nullable URI location) {}

  /**
   * Orders a migration off this server.
   *
   * @param key the same key gets the same migration
   */
  public Reply ring(String reason, String key) {
    Reply reply =
        switch (redis.role()) {
          case Role.Known known when known.active() != server ->
              new Reply(Outcome.STANDBY, "%s is not the active server".formatted(server), null);
          // The migrator knows better, or says that nobody does.
          default -> reply(migrator.order(server, reason, key));
        };
    triggers(reply.outcome()).increment();
    return reply;
  }

  private Counter triggers(Outcome outcome) {
    return Counter.builder("monkey.triggers")
        .description("Orders from outside that this monitor passed on, by what came of them")
        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(meters);
  }

  private static Reply reply(Answer answer) {
    return switch (answer) {
      case Answer.Accepted(var location) ->
          new Reply(Outcome.ACCEPTED, "the migrator took the order", location);
      case Answer.Busy(var problem) -> new Reply(Outcome.BUSY, problem, null);
      case Answer.Refused(var problem) -> new Reply(Outcome.REFUSED, problem, null);
      case Answer.Failed(var problem) -> new Reply(Outcome.FAILED, problem, null);
      case Answer.Running _, Answer.Ended _ -> new Reply(Outcome.FAILED, answer.toString(), null);
    };
  }
}
