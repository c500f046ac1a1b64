package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, or one stream of it. Its requests are served one after the other; what
 * the client sends ahead of its turn waits here, and reading pauses, so that no more than one
 * read's worth ever does.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements Client {

  private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);
  private static final long LINGER_MILLIS = 2000;

  private final Worker worker;
  private final Channel channel;
  private final Speech speech;
  private final Peer peer;
  private final boolean tooMany;
  private final Deque<HttpObject> pending = new ArrayDeque<>(4);
  private @Nullable Exchange exchange;
  private boolean advancing;
  private boolean beingRead;
  private long idleSince;
  private long closingSince;
  private boolean saidGoodBye;
  private boolean hasEnded;

  /**
   * @param tooMany true for a connection beyond what there may be: it is told so, and closed
   */
  ClientConnection(Worker worker, Channel channel, Speech speech, Peer peer, boolean tooMany) {
    this.worker = worker;
    this.channel = channel;
    this.speech = speech;
    this.peer = peer;
    this.tooMany = tooMany;
  }

  Peer peer() {
    return peer;
  }

  /** True once the client has ended its side, and nothing that it asked for is left. */
  boolean asksNoMore() {
    return hasEnded && pending.isEmpty();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  void write(HttpObject part) {
    var _ = channel.write(part, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  /** Serves what waits here as far as it can be served, and reads on if nothing is left. */
  void advance() {
    if (advancing) {
      return;
    }
    advancing = true;
    try {
      while (!closing() && serveNext()) {}
    } finally {
      advancing = false;
    }
    if (closing()) {
      discardPending();
    } else {
      Exchange current = exchange;
      readMore(pending.isEmpty() && (current == null || current.takesMore()));
    }
  }

  private boolean serveNext() {
    HttpObject next = pending.peek();
    if (next == null) {
      return false;
    }
    Exchange current = exchange;
    if (current == null) {
      // A client that does not read its responses does not get another.
      if (!channel.isWritable()) {
        return false;
      }
      pending.remove();
      begin(next);
      return true;
    }
    if (next instanceof HttpContent part && current.takesBody()) {
      pending.remove();
      current.fromClient(part);
      return true;
    }
    return false;
  }

  private void begin(HttpObject first) {
    if (!(first instanceof HttpRequest request)) {
      // The rest of a request that was answered early is never let in: see finished().
      ReferenceCountUtil.release(first);
      return;
    }
    speech.answersHead(request.method().equals(HttpMethod.HEAD));
    Problem problem = RequestCheck.problem(request, worker.limits, peer);
    if (problem != null) {
      worker.metrics.ended(TrafficMetrics.Outcome.REFUSED);
      answerAndClose(problem);
      return;
    }
    FullHttpResponse own = MaxForwards.appliesTo(request) ? MaxForwards.step(request) : null;
    if (own != null) {
      worker.metrics.ended(TrafficMetrics.Outcome.ANSWERED);
      closeSoftly(own);
      return;
    }
    String id = request.headers().get(HeaderRules.REQUEST_ID);
    if (id == null || !isId(id)) {
      request.headers().set(HeaderRules.REQUEST_ID, worker.newRequestId());
    }
    exchange = new Exchange(worker, this, request, speech.weight());
    exchange.start();
  }

  // Plain enough to stand in any log.
  private static boolean isId(String text) {
    return !text.isEmpty()
        && text.length() <= 128
        && text.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\');
  }

  /** The exchange is over, the response is written. */
  void finished(boolean keepAlive) {
    exchange = null;
    idleSince = worker.clock.millis();
    channel.flush();
    if (keepAlive && !worker.closesIdle() && !asksNoMore()) {
      advance();
    } else {
      closeSoftly(null);
    }
  }

  /** Answers the present request; goes on with the next one where all of this one has come. */
  void answer(Problem problem, boolean keepAlive, boolean requestSent) {
    boolean endsHere =
        !requestSent
            && pending.peek() instanceof LastHttpContent last
            && !last.content().isReadable();
    if (!keepAlive || worker.stopping() || !(requestSent || endsHere)) {
      answerAndClose(problem);
      return;
    }
    if (endsHere) {
      ReferenceCountUtil.release(pending.remove());
    }
    worker.metrics.refused(problem.kind());
    write(problem.toResponse());
    finished(true);
  }

  void answerAndClose(Problem problem) {
    exchange = null;
    worker.metrics.refused(problem.kind());
    FullHttpResponse response = problem.toResponse();
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    closeSoftly(response);
  }

  /** Breaks the connection off, so that the client can tell that its response is not whole. */
  void breakOff(boolean bodyEndsWithConnection) {
    exchange = null;
    speech.breakOff(channel, bodyEndsWithConnection);
  }

  void abort() {
    var _ = channel.close();
  }

  /** Hands the bytes of this connection to a tunnel. */
  void becomeTunnel(Tunnel.End end) {
    exchange = null;
    worker.left(this);
    channel.pipeline().addLast(end);
    channel.pipeline().remove(this);
    speech.leave(channel.pipeline());
    readMore(true);
  }

  /** Takes back a part of the present request that is to be sent again. */
  void putBack(HttpContent part) {
    pending.addFirst(part);
  }

  /** True while more of what was read may come at once, after which the exchange is told. */
  boolean isBeingRead() {
    return beingRead;
  }

  boolean nothingPending() {
    return pending.isEmpty();
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void stop(boolean closeIdle) {
    if (closeIdle && exchange == null && !closing()) {
      closeSoftly(null);
    }
  }

  @Override
  public void checkTime(long now, long sinceLast) {
    Exchange current = exchange;
    if (closing()) {
      if (now - closingSince
          > (saidGoodBye ? LINGER_MILLIS : worker.limits.idleTimeout().toMillis())) {
        abort();
      }
    } else if (current != null) {
      current.checkTime(now, sinceLast);
    } else if (speech.headerSince() > 0
        && now - Math.max(speech.headerSince(), idleSince)
            > worker.limits.headerTimeout().toMillis()) {
      worker.metrics.ended(TrafficMetrics.Outcome.REFUSED);
      answerAndClose(
          new Problem(
              Problem.Kind.REQUEST_TIMEOUT,
              "The header was not complete after " + worker.limits.headerTimeout()));
    } else if (now - idleSince > worker.limits.idleTimeout().toMillis()) {
      worker.metrics.connections.closed(ConnectionMetrics.Closed.IDLE);
      abort();
    }
  }

  // Closing at once could make the kernel throw away what the client has not read yet, where it is
  // still sending: end our side, and let the client end its own.
  private void closeSoftly(@Nullable FullHttpResponse farewell) {
    closingSince = worker.clock.millis();
    discardPending();
    ChannelFuture written =
        farewell == null
            ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
            : channel.writeAndFlush(farewell);
    written.addListener(
        (ChannelFutureListener)
            future -> {
              saidGoodBye = true;
              closingSince = worker.clock.millis();
              if (future.isSuccess() && !hasEnded && channel instanceof DuplexChannel duplex) {
                HalfClose.output(duplex);
                readMore(true);
              } else {
                abort();
              }
            });
  }

  private boolean closing() {
    return closingSince > 0;
  }

  private void readMore(boolean on) {
    Reading.set(channel, on);
  }

  private void discardPending() {
    HttpObject part;
    while ((part = pending.poll()) != null) {
      ReferenceCountUtil.release(part);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    idleSince = worker.clock.millis();
    worker.joined(this);
    if (worker.closesIdle() && !speech.beginsWhileStopping()) {
      abort();
    } else if (tooMany) {
      worker.metrics.ended(TrafficMetrics.Outcome.REFUSED);
      answerAndClose(
          new Problem(
              Problem.Kind.NO_CONNECTION_FREE,
              "monkey.limits.max-connections and max-connections-per-peer are the limits"));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing() || !(message instanceof HttpObject part)) {
      ReferenceCountUtil.release(message);
      return;
    }
    beingRead = true;
    pending.add(part);
    advance();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    beingRead = false;
    Exchange current = exchange;
    if (current != null) {
      current.clientPaused();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null) {
      current.clientReads(channel.isWritable());
    }
    if (channel.isWritable()) {
      advance();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      clientEnds();
    }
  }

  // A client may end its side and wait for what it has asked for. One whose request is not whole,
  // or waits at the gate, counts as gone.
  private void clientEnds() {
    hasEnded = true;
    Exchange current = exchange;
    boolean expectsMore = current != null || !pending.isEmpty();
    if (closing()
        || !expectsMore
        || !speech.betweenRequests()
        || (current != null && !current.outlivesClientsEnd())) {
      abort();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    worker.left(this);
    discardPending();
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.clientGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean brokenTls =
        cause instanceof DecoderException && cause.getCause() instanceof SSLException;
    if (cause instanceof IOException || brokenTls) {
      log.debug("A client's connection broke: {}", cause.getMessage());
    } else {
      log.error("A client's connection failed for a reason of the proxy's own", cause);
    }
    abort();
  }
}
