package io.migrationmonkey.proxy.forwarding;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Arrays;
import java.util.Locale;

/** Counts of what became of clients' connections; every meter exists from the start, at zero. */
@SuppressWarnings("EnumOrdinal") // An index into an array of the same enum, never kept.
final class ConnectionMetrics {

  /** What a client speaks. */
  enum Protocol {
    HTTP1,
    HTTP2
  }

  /** Why the proxy closed a connection without a word of HTTP/1.1. */
  enum Closed {
    /** As many connections as may be; only where the client can't be told so in plain HTTP. */
    TOO_MANY,
    /** No PROXY header, or a bad one, from a peer that is to send one. */
    PROXY_HEADER,
    TLS_HANDSHAKE,
    /** Nothing was asked for a while. */
    IDLE,
    /** The PROXY header, the handshake, the preface or a header of HTTP/2 did not come in time. */
    TOO_SLOW,
    /** Too many frames of HTTP/2 that carry nothing for the application. */
    FLOOD
  }

  private static final String HTTP2_ERRORS = "monkey_http2_errors";
  private static final String ERRORS =
      "Streams that the proxy reset and connections of HTTP/2 that it ended, by error";

  private final Counter[] opened;
  private final Counter[] closed;
  private final Counter[] streamErrors;
  private final Counter[] connectionErrors;

  ConnectionMetrics(MeterRegistry registry) {
    opened =
        counters(
            registry,
            "monkey_connections_opened",
            "Clients' connections, by what they speak",
            "protocol",
            Protocol.values());
    closed =
        counters(
            registry,
            "monkey_connections_closed",
            "Clients' connections that the proxy closed without a word of HTTP/1.1",
            "reason",
            Closed.values());
    streamErrors = counters(registry, HTTP2_ERRORS, ERRORS, "error", Http2Error.values(), "stream");
    connectionErrors =
        counters(registry, HTTP2_ERRORS, ERRORS, "error", Http2Error.values(), "connection");
  }

  void speaks(Protocol protocol) {
    opened[protocol.ordinal()].increment();
  }

  void closed(Closed reason) {
    closed[reason.ordinal()].increment();
  }

  /** A stream of HTTP/2 was reset by the proxy. */
  void streamError(long code) {
    count(streamErrors, code);
  }

  /** A connection of HTTP/2 was ended by the proxy. */
  void connectionError(long code) {
    count(connectionErrors, code);
  }

  private static void count(Counter[] errors, long code) {
    if (code >= 0 && code < errors.length) {
      errors[(int) code].increment();
    }
  }

  private static Counter[] counters(
      MeterRegistry registry,
      String name,
      String description,
      String label,
      Enum<?>[] values,
      String... scope) {
    return Arrays.stream(values)
        .map(value -> {
          Counter.Builder counter =
              Counter.builder(name)
                  .description(description)
                  .tag(label, value.name().toLowerCase(Locale.ROOT));
          if (scope.length > 0) {
            counter.tag("scope", scope[0]);
          }
          return counter.register(registry);
        })
        .toArray(Counter[]::new);
  }
}
