package org.salvusfs.daemon.fuse.kernel;

import java.nio.ByteBuffer;

/**
 * What kernel and daemon agreed on when the connection began; it holds until the mount ends, also
 * for a daemon that takes the mount over.
 *
 * @param minor of the protocol
 * @param maxReadahead in bytes
 * @param flags of fuse_init_out, its second word of flags in the upper half
 * @param maxWrite in bytes
 * @param maxPages of a request
 */
public record Negotiated(int minor, int maxReadahead, long flags, int maxWrite, int maxPages) {
  /** Reads the reply to INIT. */
  static Negotiated of(ByteBuffer reply) {
    int body = Abi.OUT_HEADER_BYTES;
    return new Negotiated(
        reply.getInt(body + 4),
        reply.getInt(body + 8),
        Integer.toUnsignedLong(reply.getInt(body + 12))
            | Integer.toUnsignedLong(reply.getInt(body + 32)) << 32,
        reply.getInt(body + 20),
        Short.toUnsignedInt(reply.getShort(body + 28)));
  }

  /**
   * Whether the kernel asks for OPEN and RELEASE of regular files. Otherwise OPEN is answered
   * ENOSYS, and the kernel goes without both.
   */
  boolean opens() {
    return (flags & Abi.Init.NO_OPEN_SUPPORT) == 0;
  }

  /**
   * Checks that this version can serve a connection that another version negotiated.
   *
   * @throws MountException if it cannot
   */
  void requireServable() throws MountException {
    if (minor > Abi.MINOR_MAX
        || (flags & ~Integer.toUnsignedLong(Handshake.KNOWN)) != 0
        || maxWrite > Abi.IO_BYTES_MAX
        || maxPages > Abi.IO_PAGES_MAX) {
      throw new MountException(
          ("The mount was negotiated by another version (FUSE 7.%d, flags %x, %d bytes in %d pages)"
                  + " with features that this one does not have; stop and start instead.")
              .formatted(minor, flags, maxWrite, maxPages));
    }
  }
}
