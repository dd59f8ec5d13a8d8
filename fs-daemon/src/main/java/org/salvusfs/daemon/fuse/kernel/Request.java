package org.salvusfs.daemon.fuse.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;

/**
 * A view of the request in a worker's buffer; loaded again for every request. Whatever the bytes
 * are, no method reads past the request's end: malformed requests are refused with EINVAL.
 *
 * <p>Offsets count from the end of the header. Owned by one thread.
 */
final class Request {
  private final ByteBuffer bytes;

  /**
   * @param buffer where requests are read into; not copied
   */
  Request(ByteBuffer buffer) {
    this.bytes = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Takes the first {@code length} bytes of the buffer as the request.
   *
   * @return false if they are too few for a header: there is nobody to answer
   */
  boolean load(int length) {
    bytes.clear().limit(length);
    return length >= Abi.IN_HEADER_BYTES;
  }

  /**
   * Checks the length that the header states and that the body has at least {@code bodyBytesMin}.
   */
  void check(int bodyBytesMin) throws FsException {
    if (bytes.getInt(Abi.IN_LENGTH) != bytes.limit() || bodyBytes() < bodyBytesMin) {
      throw new FsException(Errno.EINVAL, "malformed request of " + bytes.limit() + " bytes");
    }
  }

  int opcode() {
    return bytes.getInt(Abi.IN_OPCODE);
  }

  /** The request's identity; never 0. */
  long unique() {
    return bytes.getLong(Abi.IN_UNIQUE);
  }

  long node() {
    return bytes.getLong(Abi.IN_NODE);
  }

  /** Who asks, when the kernel has applied the umask or it does not matter. */
  Caller caller() {
    return caller(0);
  }

  Caller caller(int umask) {
    return new Caller(
        bytes.getInt(Abi.IN_UID), bytes.getInt(Abi.IN_GID), bytes.getInt(Abi.IN_PID), umask);
  }

  int bodyBytes() {
    return bytes.limit() - Abi.IN_HEADER_BYTES;
  }

  /** A 32-bit field inside the length that {@link #check} has made sure of. */
  int int32(int at) {
    return bytes.getInt(Abi.IN_HEADER_BYTES + at);
  }

  /** A 64-bit field inside the length that {@link #check} has made sure of. */
  long int64(int at) {
    return bytes.getLong(Abi.IN_HEADER_BYTES + at);
  }

  /** The name at an offset, without the NUL that ends it: not empty, no slash. */
  byte[] name(int at) throws FsException {
    byte[] name = text(at);
    for (byte b : name) {
      if (b == '/') {
        throw new FsException(Errno.EINVAL, "a name with a slash");
      }
    }
    return name;
  }

  /** The bytes at an offset up to the NUL that ends them: not empty. */
  byte[] text(int at) throws FsException {
    int start = Abi.IN_HEADER_BYTES + at;
    int end = start;
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    if (end >= bytes.limit() || end == start) {
      throw new FsException(Errno.EINVAL, "a name that is empty or has no end");
    }
    byte[] text = new byte[end - start];
    bytes.get(start, text);
    return text;
  }

  /** A view of {@code count} bytes at an offset, valid until the next request is loaded. */
  ByteBuffer payload(int at, int count) throws FsException {
    if (count < 0 || count > bodyBytes() - at) {
      throw new FsException(Errno.EINVAL, "data reach past the request");
    }
    return bytes.slice(Abi.IN_HEADER_BYTES + at, count);
  }
}
