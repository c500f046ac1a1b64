package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Knows whether the response that goes out answers HEAD, and so has no body whatever it says. */
final class ClientResponseEncoder extends HttpResponseEncoder {

  private boolean answersHead;

  void answersHead(boolean head) {
    this.answersHead = head;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse response) {
    return answersHead || super.isContentAlwaysEmpty(response);
  }
}
