package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.RetryRule.Reach;
import io.migrationmonkey.proxy.routing.Gate;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, from the gate to the last byte. All of it happens on the client's
 * event loop.
 *
 * <pre>
 *   AT_GATE ──granted──▶ CONNECTING ──▶ SENDING ──▶ DONE
 *      ▲                      │            │
 *      └──────── PAUSING ◀────┴────────────┘  (as the retry rule allows)
 * </pre>
 */
final class Exchange implements Upstream.Taker, Drain.LongLived {

  private enum Stage {
    AT_GATE,
    CONNECTING,
    SENDING,
    PAUSING,
    DONE
  }

  private final Worker worker;
  private final ClientConnection client;
  private final HttpRequest request;
  private final Asked asked;
  private final int weight;
  private final Account account;
  private final Answer answer;
  private final BodyMeter body;
  private final Failures failures = new Failures();
  private final List<String> ofTheConnection;

  private Stage stage = Stage.AT_GATE;
  private @Nullable Place place;
  private ServerName server = ServerName.PRODUCTION;
  private @Nullable Attempt attempt;
  private long progress;

  /**
   * @param weight bytes that the request takes in memory while it waits
   */
  Exchange(Worker worker, ClientConnection client, HttpRequest request, int weight) {
    this.worker = worker;
    this.client = client;
    this.request = request;
    this.weight = weight;
    this.asked = Asked.by(request);
    this.account = new Account(request, client.peer());
    this.answer = new Answer(worker, client, asked);
    this.body = worker.limits.bodyMeter();
    this.ofTheConnection = HeaderRules.towardsServer(request, client.peer(), asked.webSocket());
  }

  /** Asks the gate, for the first time or again. */
  void start() {
    stage = Stage.AT_GATE;
    progress = worker.clock.millis();
    Place mine = new Place(worker, this);
    place = mine;
    mine.ask(weight);
  }

  void refused(Gate.Refusal refusal) {
    if (stage == Stage.AT_GATE) {
      fail(Problem.of(refusal));
    }
  }

  void granted(ServerName to, Duration waited) {
    if (stage != Stage.AT_GATE) {
      return;
    }
    server = to;
    stage = Stage.CONNECTING;
    if (!waited.isZero()) {
      progress = worker.clock.millis();
      worker.metrics.held(waited);
      account.held(waited);
      failures.forgive();
    }
    worker.upstream(to).take(this, !asked.repeatable());
  }

  @Override
  public boolean waits() {
    return stage == Stage.CONNECTING;
  }

  @Override
  public void turnedAway() {
    leaveGate();
    start();
  }

  @Override
  public void connectFailed(ServerName to, String why) {
    attemptFailed(Problem.Kind.UNREACHABLE, Reach.NOT_CONNECTED, why);
  }

  @Override
  public void connected(UpstreamConnection to) {
    stage = Stage.SENDING;
    progress = worker.clock.millis();
    if (!asked.hasHost()) {
      request.headers().set(HttpHeaderNames.HOST, worker.address(to.server()).toString());
    }
    attempt = new Attempt(to, this, request);
    client.advance();
    if (!client.isBeingRead()) {
      clientPaused();
    }
  }

  /** True while the client may send more of this request's body, or wait with the next request. */
  boolean takesMore() {
    Attempt now = attempt;
    return stage == Stage.SENDING && now != null && (now.sentInFull() || now.takesBody());
  }

  /** True while a part of this request's body can be sent on. */
  boolean takesBody() {
    Attempt now = attempt;
    return stage == Stage.SENDING && now != null && now.takesBody();
  }

  /** True once a server works on it: its client need say no more to get the answer. */
  boolean outlivesClientsEnd() {
    return stage != Stage.AT_GATE && stage != Stage.PAUSING;
  }

  void fromClient(HttpContent part) {
    progress = worker.clock.millis();
    Attempt now = attempt;
    if (part.decoderResult().isFailure()) {
      part.release();
      giveUp(RequestCheck.undecodable(part.decoderResult().cause()));
    } else if (body.tooLarge(part.content().readableBytes())) {
      part.release();
      giveUp(Problem.bodyTooLarge());
    } else if (now == null) {
      part.release();
    } else {
      if (part instanceof LastHttpContent last) {
        HeaderRules.trailers(last.trailingHeaders(), ofTheConnection);
      }
      now.send(part);
    }
  }

  /** The client has sent nothing more for now. */
  void clientPaused() {
    Attempt now = attempt;
    if (now != null && stage == Stage.SENDING) {
      now.flush();
    }
  }

  void clientReads(boolean reads) {
    progress = worker.clock.millis();
    Attempt now = attempt;
    if (now != null) {
      now.read(reads);
    }
  }

  void serverTakesMore() {
    progress = worker.clock.millis();
    client.advance();
  }

  /** The server has sent nothing more for now. */
  void serverPaused() {
    if (answer.started()) {
      client.flush();
    }
  }

  void fromServer(HttpObject part) {
    progress = worker.clock.millis();
    Attempt now = attempt;
    if (now == null) {
      ReferenceCountUtil.release(part);
      return;
    }
    now.answered();
    boolean begun = answer.started();
    switch (answer.take(part, now.sentInFull() && client.nothingPending())) {
      case MORE -> {
        if (answer.started() != begun) {
          answerBegins();
        }
        if (!client.isWritable()) {
          clientReads(false);
        }
      }
      case COMPLETE -> complete(now);
      case SWITCHED -> tunnel(now);
      case MALFORMED -> serverFailed(Problem.Kind.BAD_RESPONSE, answer.wrong());
    }
  }

  private void answerBegins() {
    account.firstByte(worker.metrics);
    if (answer.isEventStream()) {
      worker.drain.add(this);
    }
  }

  private void complete(Attempt done) {
    stage = Stage.DONE;
    attempt = null;
    leaveGate();
    worker.health.answered(server);
    done.complete(answer.serverKeepsAlive());
    ended(TrafficMetrics.Outcome.ANSWERED);
    // Answered before it was sent in full, the request's rest would be taken for the next request.
    client.finished(answer.clientKeepsAlive() && done.sentInFull());
  }

  private void tunnel(Attempt over) {
    stage = Stage.DONE;
    attempt = null;
    answer.switchProtocols();
    ended(TrafficMetrics.Outcome.ANSWERED);
    Place mine = place;
    place = null;
    Tunnel.between(
        worker,
        client,
        over.connection(),
        () -> {
          if (mine != null) {
            mine.close();
          }
        });
  }

  @Override
  public ServerName server() {
    return server;
  }

  @Override
  public TrafficMetrics.LongLivedKind kind() {
    return TrafficMetrics.LongLivedKind.EVENT_STREAM;
  }

  /** Ends an event stream that may not go on. */
  @Override
  public void end() {
    Attempt now = attempt;
    if (stage != Stage.SENDING || now == null) {
      return;
    }
    leaveServer();
    if (answer.endStream()) {
      stage = Stage.DONE;
      ended(TrafficMetrics.Outcome.ANSWERED);
      client.finished(answer.clientKeepsAlive() && now.sentInFull());
    } else {
      breakOff();
    }
  }

  void clientGone() {
    if (stage != Stage.DONE) {
      stage = Stage.DONE;
      leaveServer();
      ended(TrafficMetrics.Outcome.ABANDONED);
    }
  }

  void serverLost(String why) {
    serverFailed(Problem.Kind.LOST, why);
  }

  private void serverFailed(Problem.Kind kind, String why) {
    Attempt now = attempt;
    if (stage != Stage.SENDING || now == null) {
      return;
    }
    if (answer.started()) {
      worker.health.failed(server, kind, why);
      leaveServer();
      breakOff();
    } else {
      attemptFailed(kind, now.reach(), why);
    }
  }

  private void attemptFailed(Problem.Kind kind, Reach reach, String why) {
    worker.health.failed(server, kind, why);
    Optional<Duration> pause =
        failures.next(worker.retryRule, reach, asked.repeatable(), worker.clock.millis());
    if (pause.isEmpty()) {
      fail(new Problem(kind, "%s: %s (%s)".formatted(server, why, failures)));
      return;
    }
    worker.metrics.retried(reach);
    Attempt failed = attempt;
    if (failed != null) {
      Deque<HttpContent> again = failed.takeBack();
      while (!again.isEmpty()) {
        client.putBack(again.removeLast());
      }
    }
    leaveServer();
    stage = Stage.PAUSING;
    var _ = worker.loop.schedule(this::resume, pause.get().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void resume() {
    if (stage == Stage.PAUSING) {
      start();
    }
  }

  /** Answers in the server's place; the connection may go on. */
  private void fail(Problem problem) {
    boolean sentInFull = attempt != null && attempt.sentInFull();
    stage = Stage.DONE;
    leaveServer();
    account.refused(problem);
    ended(TrafficMetrics.Outcome.REFUSED);
    client.answer(problem, asked.keepAlive(), sentInFull);
  }

  /** Ends it for what the client did or did not do, and the connection with it. */
  private void giveUp(Problem problem) {
    leaveServer();
    if (answer.started()) {
      breakOff();
    } else {
      stage = Stage.DONE;
      account.refused(problem);
      ended(TrafficMetrics.Outcome.REFUSED);
      client.answerAndClose(problem);
    }
  }

  private void breakOff() {
    stage = Stage.DONE;
    ended(TrafficMetrics.Outcome.BROKEN);
    client.breakOff(answer.bodyEndsWithConnection());
  }

  private void ended(TrafficMetrics.Outcome outcome) {
    if (answer.isEventStream()) {
      worker.drain.remove(this);
    }
    account.ended(worker, outcome, server, answer, body.bytes(), failures.attempts());
  }

  private void leaveServer() {
    Attempt now = attempt;
    attempt = null;
    if (now != null) {
      now.abandon();
    }
    leaveGate();
  }

  private void leaveGate() {
    Place mine = place;
    place = null;
    if (mine != null) {
      mine.close();
    }
  }

  void checkTime(long now, long sinceLast) {
    long silent = now - progress;
    LimitSettings limits = worker.limits;
    if (stage == Stage.CONNECTING
        && Math.min(silent, now - worker.upstream(server).movedAt())
            > worker.settings.longestConnect().toMillis()) {
      fail(Problem.noConnection(server));
    } else if (stage == Stage.SENDING) {
      boolean sends = takesBody();
      Duration allowed =
          sends || !client.isWritable() ? limits.idleTimeout() : limits.responseTimeout();
      if (sends && body.tooSlow(sinceLast)) {
        giveUp(Problem.bodyTooSlow());
      } else if (silent > allowed.toMillis()) {
        Problem problem = sends ? Problem.bodyStopped(allowed) : Problem.noResponse(allowed);
        if (problem.kind().isServers()) {
          worker.health.failed(server, problem.kind(), problem.detail());
        }
        giveUp(problem);
      }
    }
  }
}
