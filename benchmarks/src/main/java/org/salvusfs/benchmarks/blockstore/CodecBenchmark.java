package org.salvusfs.benchmarks.blockstore;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;

/** One block at a time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  @Param({"TEXT", "NOISE"})
  public Contents contents = Contents.TEXT;

  /** A tree node and a chunk. */
  @Param({"8192", "65536"})
  public int bytes = 65536;

  private final BlockCodec codec = BlockCodec.of(Contents.keys());
  private byte[] plaintext = new byte[0];
  private BlockId sealedId = codec.id(ByteBuffer.allocate(0));
  private BlockId id = sealedId;
  private byte[] sealed = new byte[0];

  @Setup
  public void setUp() {
    plaintext = contents.make(bytes);
    sealedId = codec.id(ByteBuffer.wrap(plaintext));
    id = sealedId;
    sealed = codec.seal(id, plaintext, 0, bytes);
  }

  @Benchmark
  public BlockId id() {
    return codec.id(ByteBuffer.wrap(plaintext));
  }

  /** Under a new id each time, as in life: one id twice in a row is a slow special case. */
  @Benchmark
  public byte[] seal() {
    id = new BlockId(id.w0() + 1, id.w1(), id.w2(), id.w3());
    return codec.seal(id, plaintext, 0, bytes);
  }

  @Benchmark
  public byte[] open() throws BlockStoreException {
    return codec.open(sealedId, sealed);
  }
}
