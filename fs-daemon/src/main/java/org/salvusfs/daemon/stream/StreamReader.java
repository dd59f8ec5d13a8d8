package org.salvusfs.daemon.stream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;

/** Reads one stream. Used once, by one thread. */
public final class StreamReader {
  /** Takes changes by rising keys. */
  @FunctionalInterface
  public interface Sink {
    void change(Change change) throws IOException;
  }

  private final FrameReader frames;
  private final StreamHeader header;
  private final ReceivedChunks received = new ReceivedChunks();
  private ByteBuffer frame;
  private @Nullable Key last;
  private long changes;
  private long chunkBytes;

  private StreamReader(FrameReader frames, ByteBuffer first) throws StreamException {
    this.frames = frames;
    this.frame = first;
    if (first.get() != Frames.HEADER) {
      throw StreamException.damaged("it does not say what it is");
    }
    this.header = StreamHeader.read(first);
  }

  /**
   * Reads as far as to know what the stream is.
   *
   * @param in is not closed
   * @throws StreamException if it is none, or damaged, or sealed under another key
   */
  public static StreamReader open(InputStream in, StreamKey key) throws IOException {
    var frames = new FrameReader(in, key);
    ByteBuffer first = frames.next();
    if (first == null) {
      throw StreamException.damaged("there is nothing in it");
    }
    try {
      return new StreamReader(frames, first);
    } catch (BufferUnderflowException e) {
      throw StreamException.damaged("it does not say what it is", e);
    }
  }

  public StreamHeader header() {
    return header;
  }

  /**
   * Reads everything else. The chunks are durable after the next sync of {@code chunks}.
   *
   * @param chunks gets the contents
   * @param birthTxg of the extents
   * @throws StreamException if the stream is damaged or cut: what came before means nothing
   * @throws IOException what {@code chunks} and {@code sink} throw
   */
  public StreamTotals read(Chunks chunks, long birthTxg, Sink sink) throws IOException {
    try {
      while (true) {
        nextFrameIfNeeded();
        byte kind = frame.get();
        switch (kind) {
          case Frames.CHUNK -> put(chunks);
          case Frames.PUT -> change(sink, item());
          case Frames.REMOVE -> change(sink, new Change(key(), null));
          case Frames.EXTENT -> change(sink, extent(birthTxg));
          case Frames.END -> {
            return end();
          }
          default -> throw StreamException.damaged("it has a record of unknown kind " + kind);
        }
      }
    } catch (BufferUnderflowException e) {
      throw StreamException.damaged("a record in it ends too early", e);
    }
  }

  private void nextFrameIfNeeded() throws IOException {
    while (!frame.hasRemaining()) {
      ByteBuffer next = frames.next();
      if (next == null) {
        throw StreamException.damaged("its last record is missing");
      }
      frame = next;
    }
  }

  private void put(Chunks chunks) throws IOException {
    byte[] plain = bytes(Math.min(Frames.CHUNK_BYTES_MAX, chunks.chunkBytesMax()));
    received.add(new ReceivedChunks.Put(chunks.put(plain, 0, plain.length), plain.length));
    chunkBytes += plain.length;
  }

  private Key key() throws StreamException {
    int count = Short.toUnsignedInt(frame.getShort());
    if (count < Key.BYTES_MIN || count > Frames.KEY_BYTES_MAX) {
      throw StreamException.damaged("a key in it has an impossible length");
    }
    byte[] bytes = new byte[count];
    frame.get(bytes);
    Key key = Key.wrap(bytes);
    if (key.inode() == 0 || (last != null && key.compareTo(last) <= 0)) {
      throw StreamException.damaged("its items are not in order");
    }
    last = key;
    return key;
  }

  private Change item() throws StreamException {
    Key key = key();
    if (key.kind() == Keys.EXTENT) {
      throw StreamException.damaged("a piece of a file in it has no contents");
    }
    return new Change(key, bytes(Frames.VALUE_BYTES_MAX));
  }

  private byte[] bytes(int most) throws StreamException {
    int count = frame.getInt();
    if (count < 0 || count > most) {
      throw StreamException.damaged("a record in it has an impossible length");
    }
    byte[] bytes = new byte[count];
    frame.get(bytes);
    return bytes;
  }

  private Change extent(long birthTxg) throws StreamException {
    Key key = key();
    int length = frame.getInt();
    int offset = frame.getInt();
    ReceivedChunks.Put chunk = received.get(frame.getLong());
    boolean fits = length >= 1 && offset >= 0 && length <= chunk.bytes() - offset;
    if (key.kind() != Keys.EXTENT || !fits) {
      throw StreamException.damaged("a piece of a file lies outside of what holds it");
    }
    return new Change(key, new ExtentItem(length, chunk.id(), offset, birthTxg).encode());
  }

  private void change(Sink sink, Change change) throws IOException {
    changes++;
    sink.change(change);
  }

  private StreamTotals end() throws IOException {
    byte[] counters = new byte[CountersItem.BYTES];
    frame.get(counters);
    boolean isCounted = frame.getLong() == changes && frame.getLong() == received.count();
    if (!isCounted || frame.hasRemaining() || frames.next() != null) {
      throw StreamException.damaged("its last record does not fit what came before");
    }
    return new StreamTotals(CountersItem.decode(counters), changes, received.count(), chunkBytes);
  }
}
