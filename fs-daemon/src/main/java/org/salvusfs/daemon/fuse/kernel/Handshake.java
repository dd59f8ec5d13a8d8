package org.salvusfs.daemon.fuse.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.posix.Native;

/**
 * The negotiation that begins a connection: the kernel's INIT says which version and features it
 * has, the reply which of them are used. No other request comes before it is over.
 */
final class Handshake {
  private static final int WANTED =
      Abi.Init.ASYNC_READ
          | Abi.Init.ATOMIC_O_TRUNC
          | Abi.Init.BIG_WRITES
          | Abi.Init.DO_READDIRPLUS
          | Abi.Init.PARALLEL_DIROPS
          | Abi.Init.ABORT_ERROR
          | Abi.Init.MAX_PAGES
          | Abi.Init.CACHE_SYMLINKS
          | Abi.Init.HANDLE_KILLPRIV_V2
          | Abi.Init.EXPORT_SUPPORT
          | Abi.Init.DONT_MASK
          | Abi.Init.POSIX_ACL
          | Abi.Init.SETXATTR_EXT;

  /**
   * The protocol of Linux 6.9 and of 6.17: between them, unless mended later, the kernel may wait
   * for itself for ever when it opens files without asking and memory is short.
   *
   * @see "linux commits e26ee4efbc79, bd5603eaae0a; docs/decisions/008"
   */
  private static final int WAITING_MINOR_MIN = 40;

  private static final int WAITING_MINOR_MAX = 44;

  /** Requests that the kernel may have under way without a process waiting: read-ahead. */
  private static final int BACKGROUND_MAX = 64;

  private static final int CONGESTED_AT = 48;

  /**
   * The features that this code can live with, whoever agreed on them: earlier versions took
   * ASYNC_DIO, after whose writes others read old bytes (docs/decisions/028).
   */
  static final int KNOWN =
      WANTED
          | Abi.Init.WRITEBACK_CACHE
          | Abi.Init.NO_OPEN_SUPPORT
          | Abi.Init.READDIRPLUS_AUTO
          | Abi.Init.ASYNC_DIO;

  private final int wanted;

  Handshake(Options options) {
    int writeback = options.writebackCache() ? Abi.Init.WRITEBACK_CACHE : 0;
    int noOpen = options.opens() ? 0 : Abi.Init.NO_OPEN_SUPPORT;
    this.wanted = WANTED | writeback | noOpen;
  }

  /**
   * What is used of what the kernel has. When it opens files by itself it must not rely on OPEN to
   * truncate them. It takes no notice of NO_OPEN_SUPPORT in the reply, where the flag says to
   * whoever takes the mount over what this daemon does.
   */
  private int agreed(int minor, int offered) {
    int agreed = offered & wanted;
    if (minor >= WAITING_MINOR_MIN && minor <= WAITING_MINOR_MAX) {
      agreed &= ~Abi.Init.NO_OPEN_SUPPORT;
    }
    return (agreed & Abi.Init.NO_OPEN_SUPPORT) != 0 ? agreed & ~Abi.Init.ATOMIC_O_TRUNC : agreed;
  }

  /**
   * Waits for INIT and answers it; returns what was agreed on.
   *
   * @throws MountException if the kernel is too old or the mount went away
   */
  Negotiated perform(Device device) throws MountException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocate(Abi.REQUEST_BYTES_MAX, 8);
      MemorySegment out = arena.allocate(Abi.OUT_HEADER_BYTES + Abi.INIT_OUT_BYTES, 8);
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      var request = new Request(in.asByteBuffer());
      ByteBuffer reply = out.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      boolean agreed = false;
      while (!agreed) {
        long count = device.read(in, state);
        if (count == -Errno.EINTR.code() || count == -Errno.EAGAIN.code()) {
          continue;
        }
        if (count < 0) {
          throw new MountException(
              "The mount went away before it was in use: " + Native.message((int) -count) + ".");
        }
        agreed = answer(request, (int) count, reply);
        long written = device.write(out, reply.getInt(Abi.OUT_LENGTH), state);
        if (written < 0) {
          throw new MountException(
              "The kernel refused the negotiation of the FUSE protocol: "
                  + Native.message((int) -written)
                  + ".");
        }
      }
      return Negotiated.of(reply);
    }
  }

  /**
   * Writes the reply to the INIT request of {@code count} bytes.
   *
   * @return false if the kernel has a newer major version and will ask again in ours
   * @throws MountException if this is no INIT, or of a kernel that is too old
   */
  boolean answer(Request in, int count, ByteBuffer out) throws MountException {
    if (!in.load(count) || Opcode.of(in.opcode()) != Opcode.INIT) {
      throw new MountException("The kernel did not begin with INIT: " + count + " bytes.");
    }
    try {
      in.check(Opcode.INIT.bodyBytesMin());
    } catch (FsException e) {
      throw new MountException("The kernel sent a malformed INIT of " + count + " bytes.", e);
    }
    int major = in.int32(0);
    int minor = in.int32(4);
    if (major < Abi.MAJOR || (major == Abi.MAJOR && minor < Abi.MINOR_MIN)) {
      throw new MountException(
          "This kernel speaks FUSE %d.%d; at least %d.%d (Linux 5.4) is needed."
              .formatted(major, minor, Abi.MAJOR, Abi.MINOR_MIN));
    }
    for (int i = 0; i < Abi.OUT_HEADER_BYTES + Abi.INIT_OUT_BYTES; i += 8) {
      out.putLong(i, 0);
    }
    out.putInt(Abi.OUT_LENGTH, Abi.OUT_HEADER_BYTES + Abi.INIT_OUT_BYTES);
    out.putLong(Abi.OUT_UNIQUE, in.unique());
    int body = Abi.OUT_HEADER_BYTES;
    out.putInt(body, Abi.MAJOR);
    out.putInt(body + 4, Math.min(minor, Abi.MINOR_MAX));
    if (major > Abi.MAJOR) {
      return false;
    }
    int maxReadahead = in.int32(8);
    out.putInt(body + 8, maxReadahead);
    out.putInt(body + 12, agreed(minor, in.int32(12)));
    out.putShort(body + 16, (short) BACKGROUND_MAX);
    out.putShort(body + 18, (short) CONGESTED_AT);
    out.putInt(body + 20, Abi.IO_BYTES_MAX);
    int timeGranularityNanos = 1;
    out.putInt(body + 24, timeGranularityNanos);
    out.putShort(body + 28, (short) Abi.IO_PAGES_MAX);
    return true;
  }
}
