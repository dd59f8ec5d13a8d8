package org.salvusfs.daemon.fuse.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.posix.Native;

/**
 * A Unix socket of whole messages, each of which may carry an open file descriptor: what Java's own
 * sockets cannot. Used by one thread at a time.
 *
 * @see "unix(7), SOCK_SEQPACKET and SCM_RIGHTS"
 */
public final class UnixSocket implements Closeable {
  /** No descriptor. */
  public static final int NONE = -1;

  private static final int MESSAGE_BYTES_MAX = 64 << 10;
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final short POLLIN = 1;
  private static final int EPIPE = 32;
  private static final int ECONNRESET = 104;

  /** struct sockaddr_un: family u16, path. */
  private static final int ADDRESS_BYTES = 110;

  /** struct msghdr: name, its length, iovec, their number, control, its length, flags. */
  private static final int HEADER_BYTES = 56;

  /** CMSG_LEN and CMSG_SPACE of one descriptor: length u64, level, type, descriptor, padding. */
  private static final int CONTROL_BYTES = 20;

  private static final int CONTROL_SPACE = 24;
  private static final int SCM_RIGHTS = 1;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final java.lang.foreign.AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final MethodHandle SOCKET = Native.function("socket", INT, INT, INT, INT);
  private static final MethodHandle SOCKETPAIR =
      Native.function("socketpair", INT, INT, INT, INT, POINTER);
  private static final MethodHandle BIND = Native.function("bind", INT, INT, POINTER, INT);
  private static final MethodHandle CONNECT = Native.function("connect", INT, INT, POINTER, INT);
  private static final MethodHandle LISTEN = Native.function("listen", INT, INT, INT);
  private static final MethodHandle ACCEPT =
      Native.function("accept4", INT, INT, POINTER, POINTER, INT);
  private static final MethodHandle POLL = Native.function("poll", INT, POINTER, LONG, INT);
  private static final MethodHandle SENDMSG = Native.function("sendmsg", LONG, INT, POINTER, INT);
  private static final MethodHandle RECVMSG = Native.function("recvmsg", LONG, INT, POINTER, INT);
  private static final MethodHandle GETSOCKOPT =
      Native.function("getsockopt", INT, INT, INT, INT, POINTER, POINTER);

  /**
   * A message that has come.
   *
   * @param descriptor now the receiver's to close, or {@link #NONE}
   */
  public record Message(byte[] bytes, int descriptor) {}

  private final int fd;
  private boolean closed;

  UnixSocket(int fd) {
    this.fd = fd;
  }

  /** Waits for connections to a path, where nothing must be; the path may be of any length. */
  public static UnixSocket listen(Path path) throws IOException {
    UnixSocket socket = atPath(path, BIND, "bind");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      socket.check("listen", (int) LISTEN.invokeExact(state, socket.fd, 1), state);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** Connects to who listens at a path. */
  public static UnixSocket connect(Path path) throws IOException {
    return atPath(path, CONNECT, "connect");
  }

  /** The kernel takes 107 bytes of path, so that the directory is named by a descriptor. */
  private static UnixSocket atPath(Path path, MethodHandle call, String name) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    int parent = Libc.open(String.valueOf(directory), Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (parent < 0) {
      throw failure("opening " + directory, -parent);
    }
    UnixSocket socket = open();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment address = arena.allocate(ADDRESS_BYTES, 8);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      address.setString(2, "/proc/self/fd/" + parent + "/" + path.getFileName());
      socket.check(
          name + " " + path,
          (int) call.invokeExact(state, socket.fd, address, ADDRESS_BYTES),
          state);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    } finally {
      Libc.close(parent);
    }
  }

  /** Two ends of one connection. */
  record Pair(UnixSocket one, UnixSocket other) {}

  /** A connection as fusermount3 wants it: a stream. */
  static Pair pair() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment ends = arena.allocate(INT, 2);
      int result =
          (int) SOCKETPAIR.invokeExact(state, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
      if (result < 0) {
        throw failure("socketpair", Native.errno(state));
      }
      return new Pair(
          new UnixSocket(ends.getAtIndex(INT, 0)), new UnixSocket(ends.getAtIndex(INT, 1)));
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** For a child process. */
  int descriptor() {
    return fd;
  }

  private static UnixSocket open() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int fd = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
      if (fd < 0) {
        throw failure("socket", Native.errno(state));
      }
      return new UnixSocket(fd);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /**
   * The next connection.
   *
   * @throws SocketTimeoutException if none comes in time
   */
  public UnixSocket accept(Duration patience) throws IOException {
    awaitReadable(patience);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int accepted =
          (int) ACCEPT.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC);
      check("accept", accepted, state);
      return new UnixSocket(accepted);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /**
   * Sends a message, with a copy of a descriptor unless that is {@link #NONE}.
   *
   * @throws ClosedChannelException if the other end was closed
   */
  public void send(byte[] bytes, int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment data = arena.allocate(bytes.length);
      data.copyFrom(MemorySegment.ofArray(bytes));
      MemorySegment header = header(arena, data, descriptor != NONE);
      if (descriptor != NONE) {
        MemorySegment control = header.get(POINTER, 32).reinterpret(CONTROL_SPACE);
        control.set(LONG, 0, CONTROL_BYTES);
        control.set(INT, 8, SOL_SOCKET);
        control.set(INT, 12, SCM_RIGHTS);
        control.set(INT, 16, descriptor);
      }
      check("sendmsg", (long) SENDMSG.invokeExact(state, fd, header, MSG_NOSIGNAL), state);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /**
   * The next message.
   *
   * @throws ClosedChannelException if the other end was closed
   * @throws SocketTimeoutException if none comes in time
   */
  public Message receive(Duration patience) throws IOException {
    awaitReadable(patience);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment data = arena.allocate(MESSAGE_BYTES_MAX);
      MemorySegment header = header(arena, data, true);
      long count = (long) RECVMSG.invokeExact(state, fd, header, MSG_CMSG_CLOEXEC);
      check("recvmsg", count, state);
      if (count == 0) {
        throw new ClosedChannelException();
      }
      byte[] bytes = data.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
      boolean carries = header.get(LONG, 40) >= CONTROL_BYTES;
      MemorySegment control = header.get(POINTER, 32).reinterpret(CONTROL_SPACE);
      boolean rights = carries && control.get(INT, 12) == SCM_RIGHTS;
      return new Message(bytes, rights ? control.get(INT, 16) : NONE);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** The process at the other end. */
  public long peerPid() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment credentials = arena.allocate(12, 8);
      MemorySegment length = arena.allocateFrom(INT, 12);
      int result =
          (int) GETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_PEERCRED, credentials, length);
      check("getsockopt", result, state);
      return credentials.get(INT, 0);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static MemorySegment header(Arena arena, MemorySegment data, boolean withControl) {
    MemorySegment vector = arena.allocate(16, 8);
    vector.set(POINTER, 0, data);
    vector.set(LONG, 8, data.byteSize());
    MemorySegment header = arena.allocate(HEADER_BYTES, 8);
    header.set(POINTER, 16, vector);
    header.set(LONG, 24, 1);
    if (withControl) {
      header.set(POINTER, 32, arena.allocate(CONTROL_SPACE, 8));
      header.set(LONG, 40, CONTROL_SPACE);
    }
    return header;
  }

  private void awaitReadable(Duration patience) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment poll = arena.allocate(8, 8);
      poll.set(INT, 0, fd);
      poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      int ready;
      do {
        ready = (int) POLL.invokeExact(state, poll, 1L, (int) patience.toMillis());
      } while (ready < 0 && Native.errno(state) == Errno.EINTR.code());
      check("poll", ready, state);
      if (ready == 0) {
        throw new SocketTimeoutException("nothing came for " + patience.toSeconds() + " s");
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private void check(String call, long result, MemorySegment state) throws IOException {
    if (result < 0) {
      throw failure(call, Native.errno(state));
    }
  }

  private static IOException failure(String call, int errno) {
    if (errno == EPIPE || errno == ECONNRESET) {
      return new ClosedChannelException();
    }
    return new IOException(call + ": " + Native.message(errno));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libc.close(fd);
    }
  }
}
