package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;

/** A client of HTTP/2 that sends exactly the frames that the test says. */
final class Http2RawClient implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  static final int NO_ERROR = 0;
  static final int PROTOCOL_ERROR = 1;
  static final int INTERNAL_ERROR = 2;
  static final int STREAM_CLOSED = 5;
  static final int FRAME_SIZE_ERROR = 6;
  static final int REFUSED_STREAM = 7;
  static final int ENHANCE_YOUR_CALM = 11;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /**
   * @param fields of a HEADERS frame, decoded as it came
   */
  record Frame(int type, int flags, int stream, byte[] payload, Http2Headers fields) {

    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    /** The 32-bit number at an offset, such as an error code. */
    int number(int at) {
      return ((payload[at] & 0xff) << 24)
          | ((payload[at + 1] & 0xff) << 16)
          | ((payload[at + 2] & 0xff) << 8)
          | (payload[at + 3] & 0xff);
    }

    @Override
    public String toString() {
      return "type %d flags %d stream %d: %s"
          .formatted(type, flags, stream, HexFormat.of().formatHex(payload));
    }
  }

  /** A whole response, or how it ended. */
  record Response(
      int status, Http2Headers headers, byte[] body, Http2Headers trailers, Integer reset) {

    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    String header(String name) {
      return headers.contains(name) ? headers.get(name).toString() : null;
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
  private final Deque<Frame> unread = new ArrayDeque<>();

  Http2RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
  }

  static Http2RawClient silent(int port) throws IOException {
    return new Http2RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** One that has sent its preface and empty settings. */
  static Http2RawClient to(int port) throws IOException {
    return silent(port).preface();
  }

  Http2RawClient preface() throws IOException {
    return bytes(PREFACE.getBytes(StandardCharsets.US_ASCII)).frame(SETTINGS, 0, 0, new byte[0]);
  }

  Socket socket() {
    return socket;
  }

  Http2RawClient bytes(byte[] raw) throws IOException {
    socket.getOutputStream().write(raw);
    socket.getOutputStream().flush();
    return this;
  }

  Http2RawClient frame(int type, int flags, int stream, byte[] payload) throws IOException {
    return bytes(encoded(type, flags, stream, payload));
  }

  static byte[] encoded(int type, int flags, int stream, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(payload.length >> 16);
    out.write(payload.length >> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    out.writeBytes(number(stream));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  static byte[] number(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  /** Fields as HPACK literals that no table remembers: name, value, name, value. */
  static byte[] block(String... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      out.write(0);
      literal(out, fields[i]);
      literal(out, fields[i + 1]);
    }
    return out.toByteArray();
  }

  private static void literal(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        out.write((rest & 127) | 128);
        rest >>= 7;
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  /** A request's usual fields, and then those given. */
  static String[] fields(String method, String path, String... more) {
    String[] all = new String[8 + more.length];
    String[] usual = {":method", method, ":scheme", "http", ":path", path, ":authority", "app"};
    System.arraycopy(usual, 0, all, 0, 8);
    System.arraycopy(more, 0, all, 8, more.length);
    return all;
  }

  Http2RawClient headers(int stream, boolean last, String... fields) throws IOException {
    return frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(fields));
  }

  Http2RawClient get(int stream, String path) throws IOException {
    return headers(stream, true, fields("GET", path));
  }

  Http2RawClient data(int stream, boolean last, String text) throws IOException {
    return frame(DATA, last ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  Http2RawClient reset(int stream, int error) throws IOException {
    return frame(RST_STREAM, 0, stream, number(error));
  }

  Http2RawClient windowUpdate(int stream, int bytes) throws IOException {
    return frame(WINDOW_UPDATE, 0, stream, number(bytes));
  }

  Http2RawClient setting(int id, int value) throws IOException {
    byte[] payload = new byte[6];
    payload[1] = (byte) id;
    System.arraycopy(number(value), 0, payload, 2, 4);
    return frame(SETTINGS, 0, 0, payload);
  }

  /** The next frame; null at the end of the connection. */
  Frame next() throws IOException {
    Frame kept = unread.poll();
    return kept != null ? kept : receive();
  }

  private Frame receive() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int length = (first << 16) | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7fffffff;
    byte[] payload = new byte[length];
    in.readFully(payload);
    if (type == SETTINGS && (flags & ACK) == 0) {
      frame(SETTINGS, ACK, 0, new byte[0]);
    }
    return new Frame(
        type, flags, stream, payload, type == HEADERS ? decoded(stream, payload) : null);
  }

  /** The next frame of a type; those before it are passed over. */
  Frame next(int type) throws IOException {
    Frame frame;
    while ((frame = next()) != null) {
      if (frame.type() == type) {
        return frame;
      }
    }
    throw new EOFException("the connection closed before a frame of type " + type);
  }

  /** The error of the GOAWAY that ends the connection; -1 where it just closes. */
  int goAway() throws IOException {
    Frame frame;
    int error = -1;
    while ((frame = next()) != null) {
      if (frame.type() == GOAWAY) {
        error = frame.number(4);
      }
    }
    return error;
  }

  private Http2Headers decoded(int stream, byte[] payload) throws IOException {
    ByteBuf block = Unpooled.wrappedBuffer(payload);
    try {
      return hpack.decodeHeaders(stream, block);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** The stream's next header, final or not. */
  Http2Headers header(int stream) throws IOException {
    while (true) {
      Frame frame = nextOf(stream);
      if (frame.type() == HEADERS) {
        return frame.fields();
      }
    }
  }

  /** The next frame of a stream; those of other streams are kept. */
  Frame nextOf(int stream) throws IOException {
    for (Iterator<Frame> each = unread.iterator(); each.hasNext(); ) {
      Frame frame = each.next();
      if (frame.stream() == stream) {
        each.remove();
        return frame;
      }
    }
    while (true) {
      Frame frame = receive();
      if (frame == null) {
        throw new EOFException("the connection closed before a response");
      }
      if (frame.stream() == stream) {
        return frame;
      }
      unread.add(frame);
    }
  }

  /** A stream's response to its end; windows are opened as it comes. */
  Response read(int stream) throws IOException {
    Http2Headers head = null;
    Http2Headers trailers = null;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      Frame frame = nextOf(stream);
      switch (frame.type()) {
        case HEADERS -> {
          Http2Headers fields = frame.fields();
          if (head == null) {
            if (fields.status().charAt(0) != '1') {
              head = fields;
            }
          } else {
            trailers = fields;
          }
        }
        case DATA -> {
          body.writeBytes(frame.payload());
          if (frame.payload().length > 0) {
            windowUpdate(0, frame.payload().length);
            if (!frame.has(END_STREAM)) {
              windowUpdate(stream, frame.payload().length);
            }
          }
        }
        case RST_STREAM -> {
          return response(head, body, trailers, frame.number(0));
        }
        default -> {}
      }
      if ((frame.type() == HEADERS || frame.type() == DATA) && frame.has(END_STREAM)) {
        return response(head, body, trailers, null);
      }
    }
  }

  private static Response response(
      Http2Headers head, ByteArrayOutputStream body, Http2Headers trailers, Integer reset) {
    int status = head == null ? 0 : Integer.parseInt(head.status().toString());
    return new Response(status, head, body.toByteArray(), trailers, reset);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
