package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;

/**
 * Knows where the frames of one direction of a WebSocket begin, so that a close frame can be put
 * between two of them.
 */
final class FrameTracker {

  private static final int CLOSE = 8;

  private int headerBytes;
  private int headerLength = 2;
  private int maskAt = 2;
  private int opcode;
  private long length;
  private long payloadLeft;
  private boolean closed;

  /**
   * Looks at bytes that pass.
   *
   * @return the index after the last frame that ends in them, or -1 where none does
   */
  int passing(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    int boundary = -1;
    while (at < end) {
      if (payloadLeft > 0) {
        int step = (int) Math.min(payloadLeft, end - at);
        at += step;
        payloadLeft -= step;
      } else {
        header(bytes.getByte(at++) & 0xff);
      }
      if (betweenFrames()) {
        boundary = at;
        closed |= opcode == CLOSE;
      }
    }
    return boundary;
  }

  boolean betweenFrames() {
    return headerBytes == 0 && payloadLeft == 0;
  }

  /** True once a close frame has passed. */
  boolean closed() {
    return closed;
  }

  private void header(int b) {
    if (headerBytes == 0) {
      opcode = b & 0x0f;
      length = 0;
    } else if (headerBytes == 1) {
      int shortLength = b & 0x7f;
      int lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
      length = lengthBytes == 0 ? shortLength : 0;
      headerLength = 2 + lengthBytes + ((b & 0x80) == 0 ? 0 : 4);
      maskAt = 2 + lengthBytes;
    } else if (headerBytes < maskAt) {
      length = (length << 8) | b;
    }
    headerBytes++;
    if (headerBytes > 1 && headerBytes == headerLength) {
      headerBytes = 0;
      headerLength = 2;
      payloadLeft = Math.max(0, length);
    }
  }
}
