package org.salvusfs.blockstore.api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.chunker.FastCdc;

final class WarmUpTest {
  /** Fewer calls of something with loops are not worth compiling (Tier4MinInvocationThreshold). */
  private static final int CALLS_MIN = 600;

  /** What was asked for: lengths in bytes. */
  private static final class Counting implements BlockCodec {
    final BlockCodec codec;
    final List<Integer> named = new ArrayList<>();
    final List<Integer> packed = new ArrayList<>();
    final List<Integer> raw = new ArrayList<>();
    final List<Integer> opened = new ArrayList<>();

    Counting(BlockCodec codec) {
      this.codec = codec;
    }

    @Override
    public BlockId id(ByteBuffer plaintext) {
      named.add(plaintext.remaining());
      return codec.id(plaintext);
    }

    @Override
    public byte[] seal(BlockId id, byte[] plaintext, int offset, int length) {
      byte[] sealed = codec.seal(id, plaintext, offset, length);
      (sealed.length < length ? packed : raw).add(length);
      return sealed;
    }

    @Override
    public byte[] open(BlockId id, byte[] sealed) throws BlockStoreException {
      byte[] plaintext = codec.open(id, sealed);
      opened.add(plaintext.length);
      return plaintext;
    }
  }

  @Test
  void run_takesChunksOfEachKindThroughEverything() {
    KeyDomain domain = KeyDomain.ofCluster(ClusterKey.of(new byte[32]));
    var counting = new Counting(BlockCodec.of(domain));
    WarmUp.run(new FastCdc(domain), counting);
    // Where a chunk ends is looked for only behind the least length.
    List<Integer> scanned = counting.named.stream().filter(n -> n > FastCdc.BYTES_MIN).toList();
    for (var calls : List.of(scanned, counting.packed, counting.raw, counting.opened)) {
      assertTrue(calls.size() > CALLS_MIN, () -> calls.size() + " calls");
    }
  }
}
