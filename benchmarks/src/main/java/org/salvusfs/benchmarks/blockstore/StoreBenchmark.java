package org.salvusfs.benchmarks.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.disk.LocalDisk;

/** Files through the whole store, in MiB/s, on the disk under {@code java.io.tmpdir}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 2)
public class StoreBenchmark {
  private static final int MIB = 16;
  private static final BlockStore.Options NO_CACHE = new BlockStore.Options(256L << 20, 0);

  @Param({"TEXT", "NOISE"})
  public Contents contents = Contents.TEXT;

  private byte[] data = new byte[0];
  private long version;
  private final List<BlockId> stored = new ArrayList<>();
  private Path directory = Path.of("");
  private @Nullable BlockStore store;

  @Setup(Level.Iteration)
  public void setUp() throws IOException {
    directory = Files.createTempDirectory("salvus-benchmark");
    store =
        BlockStore.open(
            LocalDisk.open(directory.resolve("packs")),
            directory.resolve("index"),
            Contents.keys(),
            NO_CACHE);
    data = contents.make(MIB << 20);
    store(store.chunks(), stored);
    store.chunks().sync();
  }

  @TearDown(Level.Iteration)
  public void tearDown() throws IOException {
    opened().close();
    stored.clear();
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Cut, hash, compress, encrypt, append; nothing is found to be there already. */
  @Benchmark
  @OperationsPerInvocation(MIB)
  public int write() throws IOException {
    version++;
    // A change every 8 KiB makes all chunks new and moves few cuts.
    for (int at = 0; at < data.length; at += 8192) {
      ByteBuffer.wrap(data).putLong(at, version);
    }
    return store(opened().chunks(), new ArrayList<>());
  }

  /** All is there already. */
  @Benchmark
  @OperationsPerInvocation(MIB)
  public int writeAgain() throws IOException {
    return store(opened().chunks(), new ArrayList<>());
  }

  /** From packs in the kernel's cache. */
  @Benchmark
  @OperationsPerInvocation(MIB)
  public int read() throws IOException {
    int bytes = 0;
    for (BlockId id : stored) {
      bytes += opened().chunks().get(id).length;
    }
    return bytes;
  }

  private int store(Chunks chunks, List<BlockId> ids) throws IOException {
    int at = 0;
    while (at < data.length) {
      int length = chunks.cut(data, at, data.length - at, true);
      ids.add(chunks.put(data, at, length));
      at += length;
    }
    return at;
  }

  private BlockStore opened() {
    if (store == null) {
      throw new IllegalStateException("the store is not open");
    }
    return store;
  }
}
