package org.salvusfs.daemon.stream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;

/** Reads what {@link FrameWriter} wrote, and nothing else. Of one thread. */
final class FrameReader {
  private final InputStream in;
  private final StreamKey key;
  private BlockId before;
  private boolean isAtEnd;

  /**
   * Reads the head.
   *
   * @throws StreamException if this is no stream, or one under another key
   */
  FrameReader(InputStream in, StreamKey key) throws IOException {
    this.in = in;
    this.key = key;
    byte[] head = in.readNBytes(Frames.HEAD_BYTES);
    var fields = ByteBuffer.wrap(head);
    if (head.length < Frames.HEAD_BYTES || fields.getLong() != Frames.MAGIC) {
      throw new StreamException(
          "this is no native stream of SalvusFS, or it has lost its beginning; export --native writes one");
    }
    int version = fields.getInt();
    if (version != Frames.VERSION) {
      throw new StreamException(
          "the stream is of format %d, and this version reads %d: it is damaged, or of a newer SalvusFS"
              .formatted(version, Frames.VERSION));
    }
    if (!key.isThat(Arrays.copyOfRange(head, fields.position(), head.length))) {
      throw new StreamException(
          "the stream is sealed under another key; give the key file that it was exported with: --key-file FILE (without one, only the cluster that it comes from can read it)");
    }
    before = key.codec().id(ByteBuffer.wrap(head));
  }

  /**
   * The records of the next frame; null behind the last one, and then the stream is whole and has
   * ended.
   *
   * @throws StreamException if it is damaged or cut
   */
  @Nullable ByteBuffer next() throws IOException {
    if (isAtEnd) {
      return null;
    }
    var prefix = ByteBuffer.wrap(read(Integer.BYTES + BlockId.BYTES));
    int sealedBytes = prefix.getInt();
    BlockId id = BlockId.read(prefix);
    if (sealedBytes < 0 || sealedBytes > Frames.SEALED_BYTES_MAX) {
      throw StreamException.damaged("a part of it has an impossible length");
    }
    byte[] plain = open(id, read(sealedBytes));
    var frame = ByteBuffer.wrap(plain);
    if (plain.length < Frames.CHAIN_BYTES || !BlockId.read(frame).equals(before)) {
      throw StreamException.damaged("its parts are not in the order in which they were written");
    }
    before = id;
    isAtEnd = frame.get() == 1;
    if (isAtEnd && in.read() >= 0) {
      throw StreamException.damaged("there is something behind its end");
    }
    return frame;
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw StreamException.damaged("it ends too early");
    }
    return bytes;
  }

  private byte[] open(BlockId id, byte[] sealed) throws IOException {
    try {
      return key.codec().open(id, sealed);
    } catch (BlockStoreException.Corrupt e) {
      throw StreamException.damaged("a part of it is not authentic", e);
    }
  }
}
