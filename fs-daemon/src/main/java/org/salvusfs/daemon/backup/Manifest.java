package org.salvusfs.daemon.backup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.ProjectId;

/**
 * One complete backup.
 *
 * @param made when it was complete, to the millisecond
 * @param cluster the one it was made of
 * @param packs lengths in bytes of all packs on the target, by name
 * @param records the block of each project's {@link ProjectRecord}
 * @see "docs/formats/backup-v1.md"
 */
record Manifest(
    Instant made, UUID cluster, Map<String, Long> packs, Map<ProjectId, BlockId> records) {
  private static final long MAGIC = 0x89_53_42_4d_0d_0a_1a_0aL;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES =
      Long.BYTES + Integer.BYTES + BlockId.BYTES + Integer.BYTES;

  /** The bytes of its file: everything but its id is sealed. */
  byte[] encode(BlockCodec codec) {
    byte[] plaintext = plaintext();
    BlockId id = codec.id(ByteBuffer.wrap(plaintext));
    byte[] sealed = codec.seal(id, plaintext, 0, plaintext.length);
    var file = ByteBuffer.allocate(HEADER_BYTES + sealed.length + Integer.BYTES);
    file.putLong(MAGIC).putInt(VERSION);
    id.write(file);
    file.putInt(sealed.length).put(sealed);
    return file.putInt(crc(file.array())).array();
  }

  private byte[] plaintext() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeLong(made.toEpochMilli());
      Fields.write(out, cluster);
      out.writeInt(packs.size());
      for (var pack : new TreeMap<>(packs).entrySet()) {
        Fields.write(out, pack.getKey());
        out.writeLong(pack.getValue());
      }
      out.writeInt(records.size());
      for (var entry : records.entrySet()) {
        Fields.write(out, entry.getKey().uuid());
        out.write(entry.getValue().toBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes everything", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IOException in words that go on behind the file's name, if it is damaged, of another
   *     key, or of a newer version
   */
  static Manifest decode(byte[] file, BlockCodec codec) throws IOException {
    var in = ByteBuffer.wrap(file);
    if (file.length < HEADER_BYTES + Integer.BYTES || in.getLong() != MAGIC) {
      throw new IOException("it is no manifest, or cut short");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new IOException("its version is " + version + "; use a newer SalvusFS");
    }
    BlockId id = BlockId.read(in);
    int sealedBytes = in.getInt();
    if (sealedBytes != file.length - HEADER_BYTES - Integer.BYTES
        || in.getInt(file.length - Integer.BYTES) != crc(file)) {
      throw new IOException("its checksum or length differs");
    }
    byte[] sealed = new byte[sealedBytes];
    in.get(sealed);
    return parse(codec.open(id, sealed));
  }

  private static Manifest parse(byte[] plaintext) throws IOException {
    try (var in = new DataInputStream(new ByteArrayInputStream(plaintext))) {
      Instant made = Instant.ofEpochMilli(in.readLong());
      UUID cluster = Fields.readUuid(in);
      Map<String, Long> packs = new TreeMap<>();
      for (int left = Fields.readCount(in); left > 0; left--) {
        packs.put(Fields.readText(in), in.readLong());
      }
      Map<ProjectId, BlockId> records = new LinkedHashMap<>();
      for (int left = Fields.readCount(in); left > 0; left--) {
        records.put(new ProjectId(Fields.readUuid(in)), Fields.readId(in));
      }
      return new Manifest(made, cluster, packs, records);
    } catch (EOFException e) {
      throw new IOException("it ends too early", e);
    }
  }

  /** Over everything but the last four bytes. */
  private static int crc(byte[] file) {
    var crc = new CRC32C();
    crc.update(file, 0, file.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
