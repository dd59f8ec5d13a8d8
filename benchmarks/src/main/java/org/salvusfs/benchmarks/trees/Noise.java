package org.salvusfs.benchmarks.trees;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Random bytes from a seed: incompressible, and no page like another. Not thread-safe. */
public final class Noise {
  private static final int MIB = 1 << 20;
  private static final int PAGE_BYTES = 4096;

  private final RandomGenerator random;

  /** What this seed gives. */
  public Noise(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** The next so many bytes. */
  public byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A number from 0 to {@code bound - 1}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Writes a file of so many MiB. */
  public void writeFile(Path path, int mib) throws IOException {
    ByteBuffer block = ByteBuffer.wrap(bytes(MIB));
    try (var channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < mib; i++) {
        // A number in every page makes all of them new, in a fraction of the time.
        for (int page = 0; page < MIB; page += PAGE_BYTES) {
          block.putLong(page, random.nextLong());
        }
        block.rewind();
        while (block.hasRemaining()) {
          channel.write(block);
        }
      }
    }
  }
}
