package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** What Netty's decoder lets pass of a message whose end is not clear. */
final class FramingCheck {

  private FramingCheck() {}

  /** What is wrong with the response, or null. */
  static @Nullable String problem(HttpResponse response) {
    return unclearCoding(response.headers(), response.protocolVersion());
  }

  /** What is unclear about the Transfer-Encoding of a message, or null. */
  static @Nullable String unclearCoding(HttpHeaders headers, HttpVersion version) {
    String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    if (coding == null) {
      return null;
    }
    if (version.equals(HttpVersion.HTTP_1_0)) {
      return "HTTP/1.0 knows no Transfer-Encoding";
    }
    return HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)
            && headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() == 1
        ? null
        : "Transfer-Encoding is not plainly 'chunked'";
  }
}
