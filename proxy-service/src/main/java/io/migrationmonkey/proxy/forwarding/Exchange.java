package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.RetryRule.Reach;
import io.migrationmonkey.proxy.routing.Gate;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
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
final class Exchange implements Gate.Claimant {

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
  private final boolean http11;
  private final boolean keepAlive;
  private final boolean webSocket;
  private final boolean hasHost;
  private final boolean repeatable;

  private Stage stage = Stage.AT_GATE;
  private Gate.@Nullable Claim claim;
  private @Nullable UpstreamConnection upstream;
  private long progress;

  // Of the attempt that is made now.
  private @Nullable ChannelFuture headerWritten;
  private final Deque<HttpContent> unconfirmed = new ArrayDeque<>(2);
  private boolean requestSent;
  private boolean answered;
  private boolean interim;
  private @Nullable HttpResponse switching;
  private boolean serverKeepsAlive;

  // Of the response.
  private boolean responseStarted;
  private boolean clientKeepsAlive;
  private boolean bodyEndsWithConnection;

  // Of what has failed so far.
  private int attempts;
  private int resends;
  private long troubleSince;

  Exchange(Worker worker, ClientConnection client, HttpRequest request) {
    this.worker = worker;
    this.client = client;
    this.request = request;
    this.http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    this.keepAlive = HttpUtil.isKeepAlive(request);
    this.webSocket = HeaderRules.asksForWebSocket(request);
    this.hasHost = request.headers().contains(HttpHeaderNames.HOST);
    boolean hasBody =
        HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    this.repeatable = RetryRule.repeatable(request.method().name(), hasBody);
    HeaderRules.towardsServer(request, client.address(), webSocket);
  }

  void start() {
    stage = Stage.AT_GATE;
    progress = worker.clock.millis();
    Gate.Claim asked = worker.gate.claim(this);
    // Granted at once, the request may be over by now, or be at its next attempt.
    if (stage == Stage.AT_GATE) {
      claim = asked;
    }
  }

  @Override
  public void granted(Gate.Claim granted, ServerName server) {
    if (worker.loop.inEventLoop()) {
      connect(granted, server);
      return;
    }
    try {
      worker.loop.execute(() -> connect(granted, server));
    } catch (RejectedExecutionException e) {
      // The proxy has stopped, and the client's connection with it.
      granted.close();
    }
  }

  @Override
  public void refused(Gate.Refusal refusal) {
    if (worker.loop.inEventLoop()) {
      refuse(refusal);
      return;
    }
    try {
      worker.loop.execute(() -> refuse(refusal));
    } catch (RejectedExecutionException e) {
      stage = Stage.DONE;
    }
  }

  private void refuse(Gate.Refusal refusal) {
    if (stage != Stage.AT_GATE) {
      return;
    }
    fail(
        switch (refusal) {
          case NO_ROUTE ->
              new Problem(Problem.Kind.NO_ROUTE, "The proxy has not read the switch in Redis yet");
          case TOO_MANY_WAIT ->
              new Problem(
                  Problem.Kind.TOO_MANY_WAIT,
                  "The application is being moved, and as many requests wait as may");
          case HELD_TOO_LONG ->
              new Problem(
                  Problem.Kind.HELD_TOO_LONG,
                  "The application is being moved, and that takes longer than a request may wait");
        });
  }

  private void connect(Gate.Claim granted, ServerName server) {
    if (stage != Stage.AT_GATE) {
      granted.close();
      return;
    }
    claim = granted;
    stage = Stage.CONNECTING;
    if (!granted.waited().isZero()) {
      worker.metrics.held(granted.waited());
      // The time at the gate is not the server's fault.
      attempts = 0;
    }
    UpstreamConnection idle = worker.pool(server).take();
    if (idle != null) {
      send(idle);
      return;
    }
    UpstreamConnection fresh = new UpstreamConnection(worker, server);
    worker
        .connect(fresh)
        .addListener((ChannelFuture connected) -> {
          if (connected.isSuccess()) {
            worker.reachability.succeeded(server);
            connected(fresh);
          } else {
            String why = String.valueOf(connected.cause().getMessage());
            worker.reachability.failed(server, why);
            connectFailed(server, why);
          }
        });
  }

  private void connectFailed(ServerName server, String why) {
    if (stage == Stage.CONNECTING) {
      attemptFailed(Problem.Kind.UNREACHABLE, Reach.NOT_CONNECTED, server, why);
    }
  }

  private void connected(UpstreamConnection fresh) {
    if (stage == Stage.CONNECTING) {
      send(fresh);
    } else {
      worker.giveBack(fresh);
    }
  }

  private void send(UpstreamConnection to) {
    stage = Stage.SENDING;
    upstream = to;
    requestSent = false;
    answered = false;
    progress = worker.clock.millis();
    if (!hasHost) {
      request.headers().set(HttpHeaderNames.HOST, worker.address(to.server()).toString());
    }
    ChannelFuture header = to.send(this, request);
    headerWritten = header;
    if (!header.isDone()) {
      header.addListener(done -> headerOut(done.isSuccess()));
    }
    client.advance();
    if (!client.isBeingRead()) {
      clientPaused();
    }
  }

  // A header that is out belongs to the attempt that is made now: a failed attempt's never gets
  // out.
  private void headerOut(boolean out) {
    if (out) {
      releaseUnconfirmed();
    }
  }

  /** True while the client may send more of this request's body, or wait with the next request. */
  boolean takesMore() {
    return stage == Stage.SENDING && (requestSent || upstreamWritable());
  }

  /** True while a part of this request's body can be sent on. */
  boolean takesBody() {
    return stage == Stage.SENDING && !requestSent && upstreamWritable();
  }

  private boolean upstreamWritable() {
    UpstreamConnection to = upstream;
    return to != null && to.isWritable();
  }

  void fromClient(HttpContent part) {
    progress = worker.clock.millis();
    if (part.decoderResult().isFailure()) {
      part.release();
      leaveServer();
      Problem problem = RequestCheck.undecodable(part.decoderResult().cause());
      if (responseStarted) {
        breakOff();
      } else {
        stage = Stage.DONE;
        client.answerAndClose(problem);
      }
      return;
    }
    UpstreamConnection to = upstream;
    ChannelFuture header = headerWritten;
    if (to == null || header == null) {
      part.release();
      return;
    }
    boolean last = part instanceof LastHttpContent;
    if (!header.isSuccess()) {
      // Until the header is out, no server can have seen any of this: it can be sent elsewhere.
      unconfirmed.add(part.retainedDuplicate());
    }
    requestSent = last;
    to.write(part);
    if (last) {
      to.flush();
    }
  }

  /** The client has sent nothing more for now. */
  void clientPaused() {
    UpstreamConnection to = upstream;
    if (to != null && stage == Stage.SENDING && !requestSent) {
      to.flush();
    }
  }

  void clientReads(boolean reads) {
    progress = worker.clock.millis();
    UpstreamConnection to = upstream;
    if (to != null) {
      to.read(reads);
    }
  }

  void serverTakesMore() {
    progress = worker.clock.millis();
    client.advance();
  }

  /** The server has sent nothing more for now. */
  void serverPaused() {
    if (responseStarted) {
      client.flush();
    }
  }

  void fromServer(HttpObject part) {
    progress = worker.clock.millis();
    if (part.decoderResult().isFailure()) {
      String why = String.valueOf(part.decoderResult().cause().getMessage());
      ReferenceCountUtil.release(part);
      answered = true;
      serverFailed(Problem.Kind.BAD_RESPONSE, why);
      return;
    }
    answered = true;
    if (part instanceof HttpResponse response) {
      header(response);
    } else if (part instanceof HttpContent content) {
      body(content);
    }
  }

  private void header(HttpResponse response) {
    if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      interim = true;
      interim(response);
      return;
    }
    responseStarted = true;
    boolean mayHaveBody = mayHaveBody(response.status());
    boolean chunked = HttpUtil.isTransferEncodingChunked(response);
    boolean framed =
        !mayHaveBody || chunked || response.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
    serverKeepsAlive = framed && HttpUtil.isKeepAlive(response);
    clientKeepsAlive = keepAlive && !worker.stopping();
    HeaderRules.towardsClient(response);
    HttpHeaders headers = response.headers();
    if (http11 && !framed) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (!http11 && (chunked || !framed)) {
      headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
      bodyEndsWithConnection = mayHaveBody;
      clientKeepsAlive &= !mayHaveBody;
    }
    if (!clientKeepsAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!http11) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    client.write(response);
  }

  private boolean mayHaveBody(HttpResponseStatus status) {
    return !request.method().equals(HttpMethod.HEAD)
        && status.code() != HttpResponseStatus.NO_CONTENT.code()
        && status.code() != HttpResponseStatus.NOT_MODIFIED.code();
  }

  private void interim(HttpResponse response) {
    if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
      if (webSocket && requestSent && client.nothingPending()) {
        switching = response;
      } else {
        serverFailed(Problem.Kind.BAD_RESPONSE, "it switched protocols, which it was not asked to");
      }
    } else if (http11) {
      HeaderRules.towardsClient(response);
      client.write(copyOf(response));
      client.flush();
    }
  }

  private static HttpObject copyOf(HttpResponse head) {
    DefaultFullHttpResponse whole =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, head.status(), Unpooled.EMPTY_BUFFER);
    whole.headers().set(head.headers());
    return whole;
  }

  private void body(HttpContent part) {
    boolean last = part instanceof LastHttpContent;
    if (interim) {
      // A 1xx response ends with a last part of its own, which is not the exchange's.
      part.release();
      interim = !last;
      HttpResponse switched = switching;
      if (last && switched != null) {
        tunnel(switched);
      }
      return;
    }
    client.write(part);
    if (last) {
      complete();
    } else if (!client.isWritable()) {
      clientReads(false);
    }
  }

  private void complete() {
    stage = Stage.DONE;
    releaseUnconfirmed();
    closeClaim();
    UpstreamConnection from = upstream;
    upstream = null;
    if (from != null) {
      if (serverKeepsAlive && requestSent) {
        from.release();
      } else {
        from.close();
      }
    }
    worker.metrics.ended(TrafficMetrics.Outcome.ANSWERED);
    // Answered before it was sent in full, the request's rest would be taken for the next request.
    client.finished(clientKeepsAlive && requestSent);
  }

  private void tunnel(HttpResponse response) {
    UpstreamConnection from = upstream;
    Gate.Claim held = claim;
    if (from == null || held == null) {
      return;
    }
    stage = Stage.DONE;
    upstream = null;
    claim = null;
    HttpHeaders headers = response.headers();
    HeaderRules.towardsClient(response);
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    client.write(copyOf(response));
    client.flush();
    worker.metrics.ended(TrafficMetrics.Outcome.ANSWERED);
    Tunnel tunnel = new Tunnel(worker, from.server(), client.channel(), from.channel(), held);
    worker.opened(tunnel);
    client.becomeTunnel(tunnel.clientEnd());
    from.becomeTunnel(tunnel.upstreamEnd());
    // A hold may have begun after this request was granted.
    worker.gateChanged();
  }

  void clientGone() {
    if (stage == Stage.DONE) {
      return;
    }
    stage = Stage.DONE;
    worker.metrics.ended(TrafficMetrics.Outcome.ABANDONED);
    leaveServer();
  }

  void serverLost(String why) {
    serverFailed(Problem.Kind.LOST, why);
  }

  private void serverFailed(Problem.Kind kind, String why) {
    if (stage != Stage.SENDING) {
      return;
    }
    UpstreamConnection from = upstream;
    ServerName server = from == null ? worker.gate.active() : from.server();
    if (responseStarted) {
      leaveServer();
      breakOff();
      return;
    }
    ChannelFuture header = headerWritten;
    Reach reach =
        answered
            ? Reach.ANSWERED
            : header != null && header.isSuccess() ? Reach.SENT : Reach.NOT_SENT;
    attemptFailed(kind, reach, server, why);
  }

  private void attemptFailed(
      Problem.Kind kind, Reach reach, @Nullable ServerName server, String why) {
    long now = worker.clock.millis();
    if (attempts == 0) {
      troubleSince = now;
    }
    attempts++;
    Duration sinceFirst = Duration.ofMillis(now - troubleSince);
    Optional<Duration> pause =
        worker.retryRule.next(
            new RetryRule.Failure(reach, repeatable, attempts, resends, sinceFirst));
    Deque<HttpContent> again = new ArrayDeque<>(unconfirmed);
    unconfirmed.clear();
    leaveServer();
    if (pause.isEmpty()) {
      again.forEach(ReferenceCountUtil::release);
      fail(
          new Problem(
              kind,
              "%s: %s (%d attempts in %d ms)"
                  .formatted(server, why, attempts, sinceFirst.toMillis())));
      return;
    }
    worker.metrics.retried(reach);
    if (reach == Reach.SENT) {
      resends++;
      again.forEach(ReferenceCountUtil::release);
      again.clear();
      if (requestSent) {
        again.add(LastHttpContent.EMPTY_LAST_CONTENT);
      }
    }
    while (!again.isEmpty()) {
      client.putBack(again.removeLast());
    }
    requestSent = false;
    stage = Stage.PAUSING;
    var _ = worker.loop.schedule(this::resume, pause.get().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void resume() {
    if (stage == Stage.PAUSING) {
      start();
    }
  }

  private void fail(Problem problem) {
    stage = Stage.DONE;
    leaveServer();
    client.answer(problem, keepAlive, requestSent);
  }

  private void breakOff() {
    stage = Stage.DONE;
    worker.metrics.ended(TrafficMetrics.Outcome.BROKEN);
    client.breakOff(bodyEndsWithConnection);
  }

  private void leaveServer() {
    releaseUnconfirmed();
    UpstreamConnection from = upstream;
    upstream = null;
    if (from != null) {
      from.close();
    }
    closeClaim();
  }

  private void closeClaim() {
    Gate.Claim held = claim;
    claim = null;
    if (held != null) {
      held.close();
    }
  }

  private void releaseUnconfirmed() {
    HttpContent part;
    while ((part = unconfirmed.poll()) != null) {
      part.release();
    }
  }

  void checkTime(long now) {
    if (stage != Stage.SENDING) {
      return;
    }
    long silent = now - progress;
    boolean clientsTurn = !client.isWritable() || takesBody();
    Duration allowed =
        clientsTurn ? worker.settings.idleTimeout() : worker.settings.responseTimeout();
    if (silent <= allowed.toMillis()) {
      return;
    }
    leaveServer();
    if (responseStarted) {
      breakOff();
    } else if (clientsTurn) {
      stage = Stage.DONE;
      client.answerAndClose(
          new Problem(Problem.Kind.REQUEST_TIMEOUT, "Nothing more of the body for " + allowed));
    } else {
      stage = Stage.DONE;
      client.answerAndClose(
          new Problem(Problem.Kind.RESPONSE_TIMEOUT, "Nothing from the server for " + allowed));
    }
  }
}
