package io.migrationmonkey.lab.http;

import java.io.IOException;
import java.io.InputStream;

/** A body that knows where it ends, and fails when the connection ends first. */
final class FramedBody extends InputStream {

  private final InputStream in;
  private final boolean chunked;
  private long frame;
  private long read;
  private boolean first = true;
  private boolean ended;

  private FramedBody(InputStream in, boolean chunked, long frame) {
    this.in = in;
    this.chunked = chunked;
    this.frame = frame;
    this.ended = !chunked && frame == 0;
  }

  static FramedBody of(Head head, InputStream in) throws IOException {
    if (head.bodiless()) {
      return new FramedBody(in, false, 0);
    }
    return head.chunked() ? new FramedBody(in, true, 0) : new FramedBody(in, false, head.length());
  }

  /** True once everything that belongs to the body has been read. */
  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (!ended && frame == 0) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(into, offset, (int) Math.min(length, frame));
    if (count < 0) {
      throw new HttpFailure("the body broke off after %d bytes, %d short".formatted(read, frame));
    }
    read += count;
    frame -= count;
    ended = !chunked && frame == 0;
    return count;
  }

  private void nextChunk() throws IOException {
    if (!first && !Lines.next(in).isEmpty()) {
      throw new HttpFailure("a chunk is longer than it says");
    }
    first = false;
    String size = Lines.next(in).split(";", 2)[0].strip();
    try {
      frame = Long.parseUnsignedLong(size, 16);
    } catch (NumberFormatException e) {
      throw new HttpFailure("not the size of a chunk: '%s'".formatted(size), e);
    }
    if (frame == 0) {
      while (!Lines.next(in).isEmpty()) {
        // Trailers say nothing that the load wants to know.
      }
      ended = true;
    }
  }
}
