package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** What Netty's decoder lets pass of a response whose end is not clear. */
final class ResponseCheck {

  private ResponseCheck() {}

  /** What is wrong with the response, or null. */
  static @Nullable String problem(HttpResponse response) {
    String coding = response.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
    if (coding == null) {
      return null;
    }
    if (response.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      return "HTTP/1.0 knows no Transfer-Encoding";
    }
    return HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding.trim())
            && response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING).size() == 1
        ? null
        : "its Transfer-Encoding is not plainly 'chunked'";
  }
}
