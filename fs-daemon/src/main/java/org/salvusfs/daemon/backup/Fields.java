package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockId;

/** The fields that records and manifests are made of; big-endian. */
final class Fields {
  private Fields() {}

  static void write(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  static UUID readUuid(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  static void write(DataOutputStream out, String text) throws IOException {
    write(out, text.getBytes(UTF_8));
  }

  static String readText(DataInputStream in) throws IOException {
    return new String(readBytes(in), UTF_8);
  }

  static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[readCount(in)];
    in.readFully(bytes);
    return bytes;
  }

  static BlockId readId(DataInputStream in) throws IOException {
    byte[] bytes = new byte[BlockId.BYTES];
    in.readFully(bytes);
    return BlockId.of(bytes);
  }

  /** A number of things that follow; never more than there are bytes. */
  static int readCount(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > in.available()) {
      throw new EOFException(count + " things do not fit into " + in.available() + " bytes");
    }
    return count;
  }

  static void require(boolean is, String what) throws IOException {
    if (!is) {
      throw new IOException("this is not " + what);
    }
  }
}
