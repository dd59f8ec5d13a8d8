package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.crew.Crew;

/** However the bytes are spread over pieces, the chunks are those of the bytes in one array. */
class ChunkRunTest {
  private static final int CHUNK_BYTES_MAX = 4096;

  private final FakeChunks chunks = new FakeChunks(CHUNK_BYTES_MAX);

  @RepeatedTest(200)
  void chunks_doNotDependOnPieces(RepetitionInfo repetition) throws IOException {
    var random = new Random(repetition.getCurrentRepetition());
    byte[] bytes = new byte[1 + random.nextInt(1 << random.nextInt(1, 18))];
    random.nextBytes(bytes);
    List<Piece> pieces = pieces(bytes, random);

    var crew = new Crew(Runnable::run, 2);
    var run = new ChunkRun(chunks, crew);
    crew.add(() -> run.store(pieces));
    crew.finish();

    assertEquals(cutInOneArray(bytes), run.stored());
  }

  private List<ChunkRun.Chunk> cutInOneArray(byte[] bytes) throws IOException {
    var expected = new ArrayList<ChunkRun.Chunk>();
    for (int at = 0; at < bytes.length; ) {
      int length = chunks.cut(bytes, at, bytes.length - at, true);
      expected.add(new ChunkRun.Chunk(at, length, chunks.put(bytes, at, length)));
      at += length;
    }
    return expected;
  }

  /** Tiny and large ones, in memory and in chunks, not next to each other in the file. */
  private List<Piece> pieces(byte[] bytes, Random random) throws IOException {
    var pieces = new ArrayList<Piece>();
    int usual = 1 << random.nextInt(4, 16);
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(usual));
      long offset = 3L * at;
      if (length <= CHUNK_BYTES_MAX && random.nextInt(4) == 0) {
        BlockId chunk = chunks.put(bytes, at, length);
        int skipped = random.nextInt(length);
        if (skipped > 0) {
          pieces.add(new Piece.Memory(offset, skipped, bytes, at));
        }
        pieces.add(new Piece.InChunk(offset + skipped, length - skipped, chunk, skipped));
      } else {
        byte[] array = Arrays.copyOfRange(bytes, Math.max(0, at - 5), at + length);
        pieces.add(new Piece.Memory(offset, length, array, Math.min(5, at)));
      }
      at += length;
    }
    return pieces;
  }
}
