package org.salvusfs.daemon.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Snapshot;

/** What arrives of streams between clusters, and that nothing arrives of damaged ones. */
class StreamTest {
  private static final int FRAME_PREFIX_BYTES = Integer.BYTES + BlockId.BYTES;

  @TempDir Path directory;

  private StreamWorld world(int number, int chunkBytes, long seed) throws IOException {
    return new StreamWorld(directory.resolve("cluster" + number), number, chunkBytes, seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void wholeStream_andThoseOfChanges_makeTheSource_itemByItem(long seed) throws IOException {
    try (var source = world(2, 9000, seed);
        var target = world(3, 9000, seed)) {
      Optional<Snapshot> before = Optional.empty();
      for (int step = 0; step < 6; step++) {
        source.change(step == 0 ? 80 : 1 + step * 5);
        Snapshot snapshot = source.snapshot("s" + step);
        byte[] stream = source.export(snapshot, before);
        assertArrayEquals(stream, source.export(snapshot, before));
        target.assertIs(source, target.receive(stream));
        before = Optional.of(snapshot);
      }
    }
  }

  @Test
  void streamOfChanges_costsWhatChanged() throws IOException {
    try (var source = world(2, 200_000, 1)) {
      source.change(200);
      Snapshot first = source.snapshot("first");
      source.change(1);
      Snapshot second = source.snapshot("second");
      int whole = source.export(second, Optional.empty()).length;
      int changes = source.export(second, Optional.of(first)).length;
      assertTrue(whole > 3_000_000 && changes < 900_000, whole + " and " + changes);
    }
  }

  @Test
  void stream_thatIsCutAnywhere_orHasAnyOtherByte_isRefused_andLeavesNothing() throws IOException {
    try (var source = world(2, 100, 1);
        var target = world(3, 100, 1)) {
      source.change(10);
      Snapshot first = source.snapshot("first");
      target.receive(source.export(first, Optional.empty()));
      var before = target.items();
      String space = target.space();
      source.change(3);
      byte[] stream = source.export(source.snapshot("second"), Optional.of(first));
      for (int at = 0; at < stream.length; at++) {
        byte[] cut = Arrays.copyOf(stream, at);
        assertThrows(StreamException.class, () -> target.receive(cut), () -> "cut " + cut.length);
        byte[] other = stream.clone();
        other[at] ^= (byte) (1 << (at % 8));
        assertThrows(StreamException.class, () -> target.receive(other), "byte " + at);
      }
      byte[] longer = Arrays.copyOf(stream, stream.length + 1);
      assertThrows(StreamException.class, () -> target.receive(longer));
      assertEquals(before, target.items());
      assertEquals(space, target.space());
      target.assertIs(source, target.receive(stream));
    }
  }

  @Test
  void framesInAnotherOrder_orMissing_orOfAnotherStream_areRefused() throws IOException {
    try (var source = world(2, 200_000, 1);
        var target = world(3, 200_000, 1)) {
      source.change(100);
      byte[] stream = source.export(source.snapshot("first"), Optional.empty());
      var frames = frames(stream);
      assertTrue(frames.size() > 5, "" + frames.size());
      source.change(20);
      var others = frames(source.export(source.snapshot("second"), Optional.empty()));
      String space = target.space();

      var swapped = new ArrayList<>(frames);
      swapped.set(2, frames.get(3));
      swapped.set(3, frames.get(2));
      var without = new ArrayList<>(frames);
      without.remove(2);
      var twice = new ArrayList<>(frames);
      twice.add(2, frames.get(2));
      var mixed = new ArrayList<>(frames);
      mixed.set(frames.size() - 1, others.getLast());
      for (List<byte[]> wrong : List.of(swapped, without, twice, mixed)) {
        var refused =
            assertThrows(StreamException.class, () -> target.receive(joined(stream, wrong)));
        assertTrue(String.valueOf(refused.getMessage()).contains("not in the order"));
      }
      assertEquals(space.replaceAll(",.*", ""), target.space().replaceAll(",.*", ""));
      assertArrayEquals(stream, joined(stream, frames));
    }
  }

  /** The frames of a stream as they lie in it, behind its head. */
  private static List<byte[]> frames(byte[] stream) {
    var frames = new ArrayList<byte[]>();
    int at = Frames.HEAD_BYTES;
    while (at < stream.length) {
      int bytes = FRAME_PREFIX_BYTES + ByteBuffer.wrap(stream).getInt(at);
      frames.add(Arrays.copyOfRange(stream, at, at + bytes));
      at += bytes;
    }
    return frames;
  }

  private static byte[] joined(byte[] stream, List<byte[]> frames) {
    var joined = new ByteArrayOutputStream();
    joined.write(stream, 0, Frames.HEAD_BYTES);
    frames.forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  @Test
  void anotherKey_andAnotherFile_areSaid() throws IOException {
    try (var source = world(2, 100, 1)) {
      source.change(3);
      byte[] stream = source.export(source.snapshot("first"), Optional.empty());
      requireRefused(stream, StreamWorld.key(7), "under another key");
      requireRefused(new byte[100], StreamWorld.KEY, "no native stream");
      stream[11]++;
      requireRefused(stream, StreamWorld.KEY, "of format 2");
    }
  }

  private static void requireRefused(byte[] stream, StreamKey key, String why) {
    var refused =
        assertThrows(
            StreamException.class, () -> StreamReader.open(new ByteArrayInputStream(stream), key));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  /** Both sides forget the same chunks. */
  @Test
  void chunks_areKnownForAWindow_onBothSides() throws IOException {
    var sent = new SentChunks();
    var received = new ReceivedChunks();
    int count = Frames.WINDOW_CHUNKS + 1000;
    for (int i = 0; i < count; i++) {
      assertEquals(i, sent.add(new BlockId(i, 0, 0, 0)));
      received.add(new ReceivedChunks.Put(new BlockId(i, 1, 1, 1), i + 1));
    }
    for (int i = 0; i < count; i++) {
      boolean isKnown = i >= 1000;
      assertEquals(isKnown ? i : -1, sent.find(new BlockId(i, 0, 0, 0)));
      if (isKnown) {
        assertEquals(new BlockId(i, 1, 1, 1), received.get(i).id());
        assertEquals(i + 1, received.get(i).bytes());
      }
    }
    assertThrows(StreamException.class, () -> received.get(999));
    assertThrows(StreamException.class, () -> received.get(count));
    assertThrows(StreamException.class, () -> received.get(-1));
  }
}
