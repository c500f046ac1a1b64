package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One port that the process before and the process after a restart listen on together.
 *
 * <p>By itself the kernel deals new connections out among the two, and resets those that a process
 * has not accepted yet when it closes its socket. So the one that comes last has the kernel send
 * all of them to it: the other one accepts what is on its way to it already, and nothing is left
 * there when it closes.
 */
final class SharedPort {

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_REUSEPORT_CBPF = 51;

  // struct sock_fprog: a count, padding, and the address of the instructions.
  private static final RawUnixChannelOption PROGRAM =
      new RawUnixChannelOption(
          "SO_ATTACH_REUSEPORT_CBPF", SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, 16);

  private SharedPort() {}

  /**
   * Has new connections go to the newest socket of the port alone. The kernel numbers the sockets
   * from 0 in the order in which they began to listen and moves the last into a gap. With one
   * socket there is no number 1, and the kernel takes the one there is.
   *
   * @return false where the transport or the kernel can't
   */
  static boolean steerToNewest(Channel listening) {
    // Netty's native transports are built for little-endian machines alone.
    ByteBuf returnOne = Unpooled.directBuffer(8);
    try {
      returnOne.writeShortLE(0x06).writeByte(0).writeByte(0).writeIntLE(1); // BPF_RET | BPF_K, 1
      ByteBuffer program = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
      program.putShort((short) 1).putShort((short) 0).putInt(0).putLong(returnOne.memoryAddress());
      return listening.config().setOption(PROGRAM, program.flip());
    } catch (RuntimeException e) {
      return false;
    } finally {
      returnOne.release();
    }
  }
}
