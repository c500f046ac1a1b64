package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server's response on its way to a client, in a framing that this client understands. */
final class Answer {

  /** What a part of the response means for the exchange. */
  enum Progress {
    MORE,
    COMPLETE,
    SWITCHED,
    MALFORMED
  }

  private final Worker worker;
  private final ClientConnection client;
  private final Asked asked;

  private boolean interim;
  private @Nullable HttpResponse switching;
  private String wrong = "";
  private List<String> ofTheConnection = List.of();
  private boolean started;
  private boolean eventStream;
  private boolean chunkedToClient;
  private boolean serverKeepsAlive;
  private boolean clientKeepsAlive;
  private boolean bodyEndsWithConnection;
  private int status;
  private long bytes;

  Answer(Worker worker, ClientConnection client, Asked asked) {
    this.worker = worker;
    this.client = client;
    this.asked = asked;
  }

  /** True once some of the final response has gone to the client. */
  boolean started() {
    return started;
  }

  /** True for a response that does not end by itself. */
  boolean isEventStream() {
    return eventStream;
  }

  boolean serverKeepsAlive() {
    return serverKeepsAlive;
  }

  boolean clientKeepsAlive() {
    return clientKeepsAlive;
  }

  /** True where the client takes the connection's end for the body's. */
  boolean bodyEndsWithConnection() {
    return bodyEndsWithConnection;
  }

  int status() {
    return status;
  }

  long bytes() {
    return bytes;
  }

  /** What was malformed. */
  String wrong() {
    return wrong;
  }

  /**
   * Passes a part on.
   *
   * @param maySwitch whether all is said that can be said before another protocol
   */
  Progress take(HttpObject part, boolean maySwitch) {
    if (part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(part);
      return malformed(String.valueOf(part.decoderResult().cause().getMessage()));
    }
    if (part instanceof HttpResponse response) {
      return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
          ? interim(response, maySwitch)
          : begin(response);
    }
    return part instanceof HttpContent content ? body(content) : Progress.MORE;
  }

  private Progress malformed(String what) {
    wrong = what;
    return Progress.MALFORMED;
  }

  private Progress interim(HttpResponse response, boolean maySwitch) {
    interim = true;
    if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
      if (!asked.webSocket() || !maySwitch) {
        return malformed("it switched protocols, which it was not asked to");
      }
      if (!HeaderRules.switchesToWebSocket(response.headers())) {
        return malformed("it switched to another protocol than WebSocket");
      }
      if (!response.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT)) {
        return malformed("it switched protocols without Sec-WebSocket-Accept");
      }
      switching = response;
    } else if (asked.http11()) {
      var _ = HeaderRules.towardsClient(response);
      addDate(response.headers());
      withoutFraming(response.headers());
      client.write(copyOf(response));
      client.flush();
    }
    return Progress.MORE;
  }

  private Progress begin(HttpResponse response) {
    String unclear = FramingCheck.problem(response);
    if (unclear != null) {
      return malformed(unclear);
    }
    started = true;
    status = response.status().code();
    boolean mayHaveBody = mayHaveBody(response.status());
    boolean chunked = HttpUtil.isTransferEncodingChunked(response);
    HttpHeaders headers = response.headers();
    boolean framed = !mayHaveBody || chunked || headers.contains(HttpHeaderNames.CONTENT_LENGTH);
    serverKeepsAlive = framed && HttpUtil.isKeepAlive(response);
    clientKeepsAlive = asked.keepAlive() && !worker.stopping() && !client.asksNoMore();
    eventStream = mayHaveBody && HeaderRules.isEventStream(headers);
    ofTheConnection = HeaderRules.towardsClient(response);
    addDate(headers);
    if (status == HttpResponseStatus.NO_CONTENT.code()) {
      withoutFraming(headers);
    } else if (status == HttpResponseStatus.RESET_CONTENT.code()) {
      withoutFraming(headers);
      headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
    }
    if (asked.http11() && !framed) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (!asked.http11() && (chunked || !framed)) {
      headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
      bodyEndsWithConnection = mayHaveBody;
      clientKeepsAlive &= !mayHaveBody;
    }
    chunkedToClient = asked.http11() && mayHaveBody && (chunked || !framed);
    if (!clientKeepsAlive) {
      headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!asked.http11()) {
      headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    client.write(response);
    return Progress.MORE;
  }

  private boolean mayHaveBody(HttpResponseStatus of) {
    return !asked.head()
        && of.code() != HttpResponseStatus.NO_CONTENT.code()
        && of.code() != HttpResponseStatus.RESET_CONTENT.code()
        && of.code() != HttpResponseStatus.NOT_MODIFIED.code();
  }

  private void addDate(HttpHeaders headers) {
    if (!headers.contains(HttpHeaderNames.DATE)) {
      headers.set(HttpHeaderNames.DATE, worker.date());
    }
  }

  // RFC 9110, 8.6, and RFC 9112, 6.1: 1xx and 204 have neither.
  private static void withoutFraming(HttpHeaders headers) {
    headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
  }

  private Progress body(HttpContent part) {
    boolean last = part instanceof LastHttpContent;
    if (interim) {
      // A 1xx response ends with a last part of its own, which is not the exchange's.
      part.release();
      interim = !last;
      return last && switching != null ? Progress.SWITCHED : Progress.MORE;
    }
    if (status == HttpResponseStatus.RESET_CONTENT.code()) {
      part.release();
      if (last) {
        client.write(LastHttpContent.EMPTY_LAST_CONTENT);
      }
    } else {
      bytes += part.content().readableBytes();
      if (part instanceof LastHttpContent end) {
        HeaderRules.trailers(end.trailingHeaders(), ofTheConnection);
      }
      client.write(part);
    }
    return last ? Progress.COMPLETE : Progress.MORE;
  }

  /** Tells the client that the other protocol begins. */
  void switchProtocols() {
    HttpResponse response = switching;
    if (response != null) {
      status = response.status().code();
      var _ = HeaderRules.towardsClient(response);
      addDate(response.headers());
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
      client.write(copyOf(response));
      client.flush();
    }
  }

  /** Ends a stream that the server would go on with; false where that can't be told cleanly. */
  boolean endStream() {
    if (!chunkedToClient) {
      return false;
    }
    client.write(LastHttpContent.EMPTY_LAST_CONTENT);
    return true;
  }

  private static HttpObject copyOf(HttpResponse head) {
    DefaultFullHttpResponse whole =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, head.status(), Unpooled.EMPTY_BUFFER);
    whole.headers().set(head.headers());
    return whole;
  }
}
