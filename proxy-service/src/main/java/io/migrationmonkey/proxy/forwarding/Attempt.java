package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.RetryRule.Reach;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Deque;

/** One try to have a request answered: to which server, and how far it got. */
final class Attempt {

  private final UpstreamConnection to;
  private final ChannelFuture header;
  private final Deque<HttpContent> unconfirmed = new ArrayDeque<>(2);
  private boolean sentInFull;
  private boolean answered;

  Attempt(UpstreamConnection to, Exchange exchange, HttpRequest request) {
    this.to = to;
    this.header = to.send(exchange, request);
    if (!header.isDone()) {
      header.addListener(done -> {
        if (done.isSuccess()) {
          releaseUnconfirmed();
        }
      });
    }
  }

  ServerName server() {
    return to.server();
  }

  UpstreamConnection connection() {
    return to;
  }

  boolean sentInFull() {
    return sentInFull;
  }

  /** True while a part of the body can be sent on. */
  boolean takesBody() {
    return !sentInFull && to.isWritable();
  }

  void send(HttpContent part) {
    boolean last = part instanceof LastHttpContent;
    if (!header.isSuccess()) {
      // Until the header is out, no server can have seen any of this: it can be sent elsewhere.
      unconfirmed.add(part.retainedDuplicate());
    }
    sentInFull = last;
    to.write(part);
    if (last) {
      to.flush();
    }
  }

  /** The client has sent nothing more for now. */
  void flush() {
    if (!sentInFull) {
      to.flush();
    }
  }

  void read(boolean on) {
    to.read(on);
  }

  /** Something came back. */
  void answered() {
    answered = true;
  }

  Reach reach() {
    if (answered) {
      return Reach.ANSWERED;
    }
    return header.isSuccess() ? Reach.SENT : Reach.NOT_SENT;
  }

  /** Gives up, and says what of the body is to be sent again with the next attempt. */
  Deque<HttpContent> takeBack() {
    Deque<HttpContent> again = new ArrayDeque<>(unconfirmed);
    unconfirmed.clear();
    if (reach() == Reach.SENT) {
      // Sent again, it has no body: RetryRule sees to that.
      again.forEach(HttpContent::release);
      again.clear();
      if (sentInFull) {
        again.add(LastHttpContent.EMPTY_LAST_CONTENT);
      }
    }
    to.close();
    return again;
  }

  /** The answer is complete. */
  void complete(boolean keepAlive) {
    releaseUnconfirmed();
    if (keepAlive && sentInFull) {
      to.release();
    } else {
      to.close();
    }
  }

  void abandon() {
    releaseUnconfirmed();
    to.close();
  }

  private void releaseUnconfirmed() {
    HttpContent part;
    while ((part = unconfirmed.poll()) != null) {
      part.release();
    }
  }
}
