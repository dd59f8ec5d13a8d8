package org.salvusfs.daemon.fuse.jnr;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The request that the calling thread performs, as the kernel sent it. One of libfuse2's requests
 * can be several callbacks, and what a callback means depends on the request: a rename inside of an
 * UNLINK is libfuse2 hiding an open file.
 *
 * @see "linux/include/uapi/linux/fuse.h: fuse_in_header, fuse_rename_in"
 */
final class CurrentRequest {
  private static final int OPCODE_AT = 4;
  private static final int RENAME_NAMES_AT = 48;

  private static final int FORGET = 2;
  private static final int UNLINK = 10;
  private static final int RENAME = 12;
  private static final int BATCH_FORGET = 42;

  /** Of all mounts: a thread serves one. */
  private static final ThreadLocal<@Nullable Pointer> BYTES = new ThreadLocal<>();

  /** The thread begins with a request, given as libfuse2's {@code struct fuse_cmd}. */
  void begin(Pointer command) {
    BYTES.set(command.getPointer(0));
  }

  /** The thread has performed the request, and its bytes are no longer there. */
  void end() {
    BYTES.remove();
  }

  /** Whether a request, given as {@code struct fuse_cmd}, has no answer and no callback. */
  static boolean isForget(Pointer command) {
    int opcode = command.getPointer(0).getInt(OPCODE_AT);
    return opcode == FORGET || opcode == BATCH_FORGET;
  }

  /** Whether the kernel wants a name unlinked; false outside of a request. */
  boolean isUnlink() {
    return opcode() == UNLINK;
  }

  /** Whether the kernel wants something renamed to this last name of a path. */
  boolean isRenameTo(String name) {
    Pointer request = BYTES.get();
    if (request == null || opcode() != RENAME) {
      return false;
    }
    Pointer names = request.slice(RENAME_NAMES_AT);
    int oldBytes = names.indexOf(0, (byte) 0);
    return Texts.string(names.slice(oldBytes + 1L)).equals(name);
  }

  private int opcode() {
    Pointer request = BYTES.get();
    return request == null ? 0 : request.getInt(OPCODE_AT);
  }
}
