package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/**
 * What a request, as the client sent it, means for its answer and for its retries.
 *
 * @param head whether the answer has no body whatever it says
 * @param http11 whether the client understands chunks and 1xx
 * @param keepAlive whether the client wants its connection kept
 * @param webSocket whether the answer may switch to WebSocket
 * @param hasHost whether it names a host; one of HTTP/1.0 need not
 * @param repeatable whether it may be sent again although a server has seen it
 */
record Asked(
    boolean head,
    boolean http11,
    boolean keepAlive,
    boolean webSocket,
    boolean hasHost,
    boolean repeatable) {

  static Asked by(HttpRequest request) {
    boolean hasBody =
        HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    return new Asked(
        request.method().equals(HttpMethod.HEAD),
        request.protocolVersion().equals(HttpVersion.HTTP_1_1),
        HttpUtil.isKeepAlive(request),
        HeaderRules.asksForWebSocket(request),
        request.headers().contains(HttpHeaderNames.HOST),
        RetryRule.repeatable(request.method().name(), hasBody));
  }
}
