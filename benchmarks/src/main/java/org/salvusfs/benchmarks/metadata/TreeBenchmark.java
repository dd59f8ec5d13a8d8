package org.salvusfs.benchmarks.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
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
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;

/** Items per second of get, scan and apply, on a tree of inodes whose nodes are all in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgs = {"-Xmx1g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TreeBenchmark {
  private static final int BATCH = 10_000;
  private static final int SCAN = 1_000;

  /** Inodes in the tree. */
  @Param({"10000", "500000"})
  public int inodes;

  private final Random random = new Random(1);
  private final Map<BlockId, Node> nodes = new HashMap<>();
  private final Tree tree = new Tree(new ProjectId(new UUID(1, 2)), new PlainCodec(), this::node);
  private BlockId root = tree.create(0).root();
  private List<Change> scattered = List.of();
  private List<Change> appended = List.of();

  @Setup
  public void fill() throws MetadataException {
    adopt(tree.create(0));
    var all = new ArrayList<Change>();
    for (int i = 0; i < inodes; i++) {
      all.add(change(2L * i));
    }
    adopt(tree.apply(root, 1, all.iterator()));
    appended = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      appended.add(change(2L * (inodes + i)));
    }
    var shuffled = new ArrayList<Long>();
    for (int i = 0; i < Math.max(inodes, BATCH); i++) {
      shuffled.add(2L * i + 1);
    }
    Collections.shuffle(shuffled, random);
    scattered = shuffled.stream().limit(BATCH).sorted().map(TreeBenchmark::change).toList();
  }

  private Node node(BlockId id) throws MetadataException {
    Node node = nodes.get(id);
    if (node == null) {
      throw new MetadataException.Missing("no node " + id);
    }
    return node;
  }

  private void adopt(Update update) {
    update.added().forEach((id, added) -> nodes.put(id, added.node()));
    root = update.root();
  }

  private static Change change(long inode) {
    var item = new InodeItem(0100644, 1000, 1000, 1, inode, inode, 1, 2, 3, 4, 0, 0);
    return new Change(Keys.inode(inode), item.encode());
  }

  @Benchmark
  public byte[] get() throws MetadataException {
    byte[] value = tree.get(root, Keys.inode(2L * random.nextInt(inodes)));
    if (value == null) {
      throw new IllegalStateException("an item is gone");
    }
    return value;
  }

  @Benchmark
  @OperationsPerInvocation(SCAN)
  public long scan() throws MetadataException {
    long from = 2L * random.nextInt(inodes - SCAN);
    Cursor cursor = tree.scan(root, Keys.inode(from), Keys.inode(from + 2 * SCAN));
    long bytes = 0;
    while (cursor.next()) {
      bytes += cursor.key().bytes().length + cursor.value().length;
    }
    return bytes;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Update applyAppended() throws MetadataException {
    return tree.apply(root, 2, appended.iterator());
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Update applyScattered() throws MetadataException {
    return tree.apply(root, 2, scattered.iterator());
  }
}
