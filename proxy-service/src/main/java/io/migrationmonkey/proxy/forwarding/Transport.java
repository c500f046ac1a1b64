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
import java.net.StandardSocketOptions;

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

  /** Epoll where this machine has it and {@code wanted}, else NIO. */
  static Transport best(boolean wanted) {
    return wanted && Epoll.isAvailable()
        ? new Transport(
            "epoll",
            EpollIoHandler.newFactory(),
            EpollServerSocketChannel.class,
            EpollSocketChannel.class,
            EpollDatagramChannel.class,
            UnixChannelOption.SO_REUSEPORT)
        : new Transport(
            "NIO",
            NioIoHandler.newFactory(),
            NioServerSocketChannel.class,
            NioSocketChannel.class,
            NioDatagramChannel.class,
            NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT));
  }
}
