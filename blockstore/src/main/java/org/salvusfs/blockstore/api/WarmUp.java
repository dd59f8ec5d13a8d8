package org.salvusfs.blockstore.api;

import java.nio.ByteBuffer;
import org.salvusfs.blockstore.chunker.FastCdc;

/**
 * Takes chunks that nobody needs through everything that happens to one in memory, so that Java has
 * compiled it when the first real ones come: until then names and seals take many times as long.
 *
 * @see "docs/decisions/035-all-processors-collect-and-a-new-daemon-warms-up.md"
 */
public final class WarmUp {
  /** The second compiler takes what has loops after some 600 calls; then it needs a while. */
  private static final int CHUNKS = 2000;

  /** Long enough that the chunker has to look for the end. */
  private static final int LONG_BYTES = 2 * FastCdc.BYTES_MIN;

  private static final int SHORT_BYTES = 4 << 10;

  private WarmUp() {}

  /** Takes less than a second of one processor, some 40 MB through it, and stores nothing. */
  public static void run() {
    var domain = KeyDomain.ofCluster(ClusterKey.of(new byte[ClusterKey.BYTES]));
    run(new FastCdc(domain), KeyRing.of(domain).codec());
  }

  static void run(FastCdc chunker, BlockCodec codec) {
    byte[] random = new byte[LONG_BYTES];
    byte[] text = new byte[LONG_BYTES];
    long state = 0;
    for (int i = 0; i < random.length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L; // Knuth's MMIX
      random[i] = (byte) (state >>> 56);
      text[i] = (byte) ('a' + (random[i] & 7));
    }
    byte[] opened = new byte[LONG_BYTES];
    try {
      for (int i = 0; i < CHUNKS; i++) {
        byte[] data = i % 2 == 0 ? random : text;
        int bytes = i % 4 < 2 ? LONG_BYTES : SHORT_BYTES;
        int length = chunker.cut(data, 0, bytes, true);
        BlockId id = codec.id(ByteBuffer.wrap(data, 0, length));
        codec.open(id, codec.seal(id, data, 0, length), opened, 0);
      }
    } catch (BlockStoreException e) {
      throw new IllegalStateException("what was sealed just now cannot be opened", e);
    }
  }
}
