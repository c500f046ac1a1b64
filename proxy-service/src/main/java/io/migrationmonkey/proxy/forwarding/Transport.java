package io.migrationmonkey.proxy.forwarding;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.StandardSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the machine's ways to do I/O is used.
 *
 * @param sharedPort has several processes listen on one port
 */
record Transport(
    String name,
    IoHandlerFactory io,
    Class<? extends ServerSocketChannel> listening,
    Class<? extends SocketChannel> connected,
    Class<? extends DatagramChannel> datagram,
    ChannelOption<Boolean> sharedPort) {

  private static final Logger log = LoggerFactory.getLogger(Transport.class);

  /** What may be wished for. */
  public enum Kind {
    EPOLL,
    IO_URING,
    NIO
  }

  /** What is wished for where this machine has it, else NIO. */
  static Transport best(Kind wanted) {
    Throwable missing =
        switch (wanted) {
          case EPOLL -> Epoll.unavailabilityCause();
          case IO_URING -> IoUring.unavailabilityCause();
          case NIO -> null;
        };
    if (missing != null) {
      log.warn(
          "This machine has no {} ({}); NIO does its work, at a higher cost",
          wanted,
          missing.getMessage());
      return nio();
    }
    return switch (wanted) {
      case EPOLL ->
          new Transport(
              "epoll",
              EpollIoHandler.newFactory(),
              EpollServerSocketChannel.class,
              EpollSocketChannel.class,
              EpollDatagramChannel.class,
              UnixChannelOption.SO_REUSEPORT);
      case IO_URING ->
          new Transport(
              "io_uring",
              IoUringIoHandler.newFactory(),
              IoUringServerSocketChannel.class,
              IoUringSocketChannel.class,
              IoUringDatagramChannel.class,
              UnixChannelOption.SO_REUSEPORT);
      case NIO -> nio();
    };
  }

  private static Transport nio() {
    return new Transport(
        "NIO",
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        NioSocketChannel.class,
        NioDatagramChannel.class,
        NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT));
  }
}
