package org.salvusfs.benchmarks.blockstore;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.salvusfs.blockstore.chunker.FastCdc;

/** Content-defined cuts alone, in MiB/s. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChunkerBenchmark {
  private static final int MIB = 16;

  @Param({"TEXT", "NOISE"})
  public Contents contents = Contents.TEXT;

  private final FastCdc chunker = new FastCdc(Contents.keys());
  private byte[] data = new byte[0];

  @Setup
  public void setUp() {
    data = contents.make(MIB << 20);
  }

  @Benchmark
  @OperationsPerInvocation(MIB)
  public int mibPerSecond() {
    int chunks = 0;
    for (int at = 0; at < data.length; chunks++) {
      at += chunker.cut(data, at, data.length - at, true);
    }
    return chunks;
  }
}
