package org.salvusfs.metadata.txg;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/**
 * The plaintext of an intent log record: namespace steps in order, then captures of file contents.
 *
 * @see "docs/formats/log-record-v1.md"
 */
final class RecordCodec {
  private static final byte VERSION = 1;
  private static final byte PUT = 1;
  private static final byte DELETE = 2;
  private static final byte REAP = 3;

  /** One step of a replay, tagged with the group that it was part of. */
  sealed interface Step {
    long txg();

    /** An item's new value, or its removal. */
    record Changed(long txg, Change change) implements Step {}

    /** An inode that went with all its items. */
    record Reaped(long txg, long inode) implements Step {}

    /** A file's contents. */
    record Captured(long txg, long inode, byte[] payload) implements Step {}
  }

  private RecordCodec() {}

  static byte[] encode(List<Journal.Note> notes, List<Contents.Capture> captures) {
    var bytes = new ByteArrayOutputStream(512);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeInt(
          notes.stream().mapToInt(note -> note.changes().size() + note.reaped().size()).sum());
      for (Journal.Note note : notes) {
        encode(note, out);
      }
      out.writeInt(captures.size());
      for (Contents.Capture capture : captures) {
        out.writeLong(capture.txg());
        out.writeLong(capture.inode());
        writeBytes(out, capture.payload());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static void encode(Journal.Note note, DataOutputStream out) throws IOException {
    for (Change change : note.changes()) {
      byte[] value = change.value();
      out.writeByte(value == null ? DELETE : PUT);
      out.writeLong(note.txg());
      writeBytes(out, change.key().bytes());
      if (value != null) {
        writeBytes(out, value);
      }
    }
    for (long inode : note.reaped()) {
      out.writeByte(REAP);
      out.writeLong(note.txg());
      out.writeLong(inode);
    }
  }

  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * The steps of a record in order.
   *
   * @throws MetadataException.Corrupt if the bytes are no record of this version
   */
  static List<Step> decode(byte[] record) throws MetadataException.Corrupt {
    var in = ByteBuffer.wrap(record);
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new MetadataException.Corrupt(
            "an intent log record has version " + version + "; this daemon reads " + VERSION);
      }
      var steps = new ArrayList<Step>();
      for (int left = in.getInt(); left > 0; left--) {
        steps.add(readStep(in));
      }
      for (int left = in.getInt(); left > 0; left--) {
        steps.add(new Step.Captured(in.getLong(), in.getLong(), readBytes(in)));
      }
      if (in.hasRemaining()) {
        throw new MetadataException.Corrupt(
            "an intent log record has " + in.remaining() + " bytes behind its end");
      }
      return steps;
    } catch (BufferUnderflowException e) {
      throw new MetadataException.Corrupt("an intent log record ends too early", e);
    }
  }

  private static Step readStep(ByteBuffer in) throws MetadataException.Corrupt {
    byte kind = in.get();
    long txg = in.getLong();
    return switch (kind) {
      case PUT -> new Step.Changed(txg, new Change(readKey(in), readBytes(in)));
      case DELETE -> new Step.Changed(txg, new Change(readKey(in), null));
      case REAP -> new Step.Reaped(txg, in.getLong());
      default ->
          throw new MetadataException.Corrupt("an intent log record has a step of kind " + kind);
    };
  }

  private static Key readKey(ByteBuffer in) throws MetadataException.Corrupt {
    byte[] bytes = readBytes(in);
    if (bytes.length < Key.BYTES_MIN) {
      throw new MetadataException.Corrupt(
          "an intent log record has a key of " + bytes.length + " bytes");
    }
    return Key.wrap(bytes);
  }

  private static byte[] readBytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
