package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Clock;

/**
 * Watches the frames of a client of HTTP/2 before they are decoded: how long an unfinished header
 * takes, and how many come that carry nothing for the application.
 */
final class FrameWatch extends ChannelInboundHandlerAdapter {

  /** Hears of a client that sends too much of nothing. */
  interface Flooded {
    void flooded();
  }

  private static final int PREFACE = 24;
  private static final int HEADER = 9;
  private static final long WINDOW_MILLIS = 10_000;
  private static final int SMALL_INCREMENT = 256;
  private static final int END_HEADERS = 0x4;

  private static final int DATA = 0x0;
  private static final int HEADERS = 0x1;
  private static final int RST_STREAM = 0x3;
  private static final int WINDOW_UPDATE = 0x8;
  private static final int CONTINUATION = 0x9;

  private final Clock clock;
  private final int most;
  private final Flooded flooded;
  private long windowBegan;
  private int inWindow;
  private boolean over;

  private int headerBytes;
  private int length;
  private int type;
  private int flags;
  private int increment;
  private long left = PREFACE;
  private boolean inBlock;
  private long unfinishedSince;

  /**
   * @param most frames that carry nothing, within 10 seconds
   */
  FrameWatch(Clock clock, int most, Flooded flooded) {
    this.clock = clock;
    this.most = most;
    this.flooded = flooded;
    this.unfinishedSince = clock.millis();
  }

  /**
   * When what is unfinished began: the preface, a header, or a frame other than DATA; 0 if none.
   */
  long unfinishedSince() {
    return unfinishedSince;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (over || !(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end && !over) {
      if (left > 0) {
        int step = (int) Math.min(left, end - at);
        if (type == WINDOW_UPDATE && headerBytes == 0) {
          for (int i = at; i < at + step; i++) {
            increment = (increment << 8) | (bytes.getByte(i) & 0xff);
          }
        }
        at += step;
        left -= step;
        if (left == 0) {
          frameEnds();
        }
      } else {
        header(bytes.getByte(at++) & 0xff);
      }
    }
    if (over) {
      bytes.release();
      flooded.flooded();
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void header(int b) {
    if (headerBytes == 0) {
      length = 0;
      if (unfinishedSince == 0) {
        unfinishedSince = clock.millis();
      }
    }
    if (headerBytes < 3) {
      length = (length << 8) | b;
    } else if (headerBytes == 3) {
      type = b;
    } else if (headerBytes == 4) {
      flags = b;
    }
    headerBytes++;
    if (headerBytes == HEADER) {
      headerBytes = 0;
      increment = 0;
      left = length;
      if (type == DATA) {
        unfinishedSince = 0;
      }
      if (left == 0) {
        frameEnds();
      }
    }
  }

  private void frameEnds() {
    if (type == HEADERS || type == CONTINUATION) {
      inBlock = (flags & END_HEADERS) == 0;
    }
    if (!inBlock) {
      unfinishedSince = 0;
    }
    if (saysNothing()) {
      long now = clock.millis();
      if (now - windowBegan > WINDOW_MILLIS) {
        windowBegan = now;
        inWindow = 0;
      }
      over = ++inWindow > most;
    }
  }

  // Resets have a bound of their own, and so have headers and empty data: see FrontDoor.
  private boolean saysNothing() {
    return switch (type) {
      case DATA, HEADERS, CONTINUATION, RST_STREAM -> false;
      case WINDOW_UPDATE -> (increment & 0x7fffffff) < SMALL_INCREMENT;
      default -> true;
    };
  }
}
