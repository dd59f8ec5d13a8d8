package org.salvusfs.daemon.fuse.kernel;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.DirSink;

/** Packs directory entries into a READDIR or READDIRPLUS reply until it is full. */
final class DirectoryBlock implements DirSink {
  private final Reply reply;
  private final ByteBuffer room;
  private final boolean plus;
  private int used;

  /**
   * @param bytesMax what the kernel has room for
   */
  DirectoryBlock(Reply reply, int bytesMax, boolean plus) {
    this.reply = reply;
    this.room = reply.room(Math.clamp(bytesMax, 0, reply.bodyBytesMax()));
    this.plus = plus;
  }

  @Override
  public boolean offer(byte[] name, long ino, int type, long cookie, @Nullable Attr attr) {
    int direntAt = used + (plus ? Abi.ENTRY_OUT_BYTES : 0);
    int nameAt = direntAt + Abi.DIRENT_BYTES;
    int end = Abi.aligned(nameAt + name.length);
    if (end > room.capacity()) {
      return false;
    }
    if (plus) {
      if (attr == null) {
        Reply.putNothing(room, used);
      } else {
        reply.putEntry(room, used, attr);
      }
    }
    room.putLong(direntAt, ino).putLong(direntAt + 8, cookie);
    room.putInt(direntAt + 16, name.length).putInt(direntAt + 20, type);
    room.put(nameAt, name);
    for (int i = nameAt + name.length; i < end; i++) {
      room.put(i, (byte) 0);
    }
    used = end;
    return true;
  }

  /** Makes what was taken the reply's body; an empty one is the directory's end. */
  void send() {
    reply.entries(used, plus);
  }

  /** Bytes taken so far. */
  int used() {
    return used;
  }
}
