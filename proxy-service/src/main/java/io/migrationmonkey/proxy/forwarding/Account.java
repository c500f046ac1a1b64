package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.netty.handler.codec.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one request cost, for the metrics and the access log. */
final class Account {

  private final long started = System.nanoTime();
  private final String method;
  private final String target;
  private final String peer;
  private final HttpRequest request;
  private long firstByteNanos = -1;
  private Duration held = Duration.ZERO;
  private @Nullable Problem problem;

  Account(HttpRequest request, Peer peer) {
    this.request = request;
    this.method = request.method().name();
    this.target = request.uri();
    this.peer = peer.address();
  }

  void held(Duration waited) {
    held = held.plus(waited);
  }

  void firstByte(TrafficMetrics metrics) {
    firstByteNanos = System.nanoTime() - started;
    metrics.firstByte(firstByteNanos - held.toNanos());
  }

  void refused(Problem with) {
    problem = with;
  }

  void ended(
      Worker worker,
      TrafficMetrics.Outcome outcome,
      ServerName server,
      Answer answer,
      long bytesIn,
      int failedAttempts) {
    worker.metrics.ended(outcome);
    worker.metrics.bytes(bytesIn, answer.bytes());
    if (!AccessLog.isOn(worker.settings)) {
      return;
    }
    AccessLog.write(
        new AccessLog.Line(
            worker.clock.instant(),
            peer,
            method,
            target,
            problem == null ? answer.status() : problem.status(),
            outcome.label(),
            problem == null ? null : problem.kind().reason(),
            problem == null || failedAttempts > 0 ? server : null,
            bytesIn,
            answer.bytes(),
            (System.nanoTime() - started) / 1e6,
            firstByteNanos < 0 ? null : firstByteNanos / 1e6,
            held.toNanos() / 1e6,
            failedAttempts,
            request.headers().get(HeaderRules.REQUEST_ID)));
  }
}
