package org.salvusfs.daemon.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.stack.DevStack;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.cassandra.Keyspaces;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.Transactions;
import org.slf4j.LoggerFactory;

/**
 * Promise 8 on real Cassandra: two hosts, clocks hours apart, take a project from each other, over
 * and over. Each time the holder's line to Cassandra is cut or held up in the midst of its work, or
 * its lease is a lie; the other takes over; the line is mended. Nothing that the older epoch begins
 * from then on is acknowledged, and nothing that was acknowledged before is lost.
 */
@Tag("cassandra")
@Tag("promise")
@Tag("promise-8")
@ExtendWith(CassandraExtension.class)
class TakeOverIT {
  private static final int ROUNDS = Proof.FULL ? 250 : 10;
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  @TempDir Path directory;

  private final Random random = Proof.random();
  private final ProjectId project = new ProjectId(UUID.randomUUID());

  /** Counts up in the project's file, also after failures. */
  private static final class Counter implements Runnable {
    private final Holder holder;
    private final Durability durability;

    /** The greatest number that is owed to whoever reads later. */
    volatile int acknowledged;

    /** When the step began that was acknowledged last. */
    volatile long lastBegunNanos;

    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger attempts = new AtomicInteger();
    volatile boolean stopping;
    volatile @Nullable Throwable defect;

    Counter(Holder holder, Durability durability) {
      this.holder = holder;
      this.durability = durability;
    }

    @Override
    public void run() {
      try {
        int number = holder.read();
        acknowledged = number;
        while (!stopping) {
          attempt(++number);
        }
      } catch (FsException | RuntimeException e) {
        defect = e;
      }
    }

    private void attempt(int number) {
      try {
        step(number);
      } catch (IOException | FsException refused) {
        failures.incrementAndGet();
      }
      attempts.incrementAndGet();
    }

    /**
     * With durability host a log stays behind with its host: only a commit is owed to another, and
     * nothing but the lease keeps the log from being appended to.
     */
    private void step(int number) throws IOException, FsException {
      long begun = System.nanoTime();
      holder.write(number);
      holder.fsync();
      if (durability == Durability.QUORUM || !holder.lyingLease()) {
        lastBegunNanos = begun;
      }
      if (durability == Durability.HOST && number % 3 > 0) {
        return;
      }
      if (durability == Durability.HOST) {
        begun = System.nanoTime();
        holder.commit();
        lastBegunNanos = begun;
      }
      acknowledged = number;
    }
  }

  /** What is provoked here by the hundred need not be told. */
  @BeforeAll
  static void mute() {
    setLevel(Level.OFF);
  }

  @AfterAll
  static void unmute() {
    setLevel(null);
  }

  private static void setLevel(@Nullable Level level) {
    ((Logger) LoggerFactory.getLogger("org.salvusfs")).setLevel(level);
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  void takeOver_fromAHolderThatCannotTell_fencesIt(Durability durability, LocalCassandra server)
      throws Exception {
    var keys = KeyDomain.ofCluster(ClusterKey.of(new byte[ClusterKey.BYTES]));
    var packs = LocalDisk.open(Files.createDirectories(directory.resolve("packs")));
    String keyspace = "takeover_" + UUID.randomUUID().toString().substring(0, 8);
    try (var blocks =
            BlockStore.open(packs, directory.resolve("index"), keys, BlockStore.Options.DEFAULT);
        var one = Keyspaces.open(server, keyspace);
        var other = Keyspaces.open(server, keyspace)) {
      createProject(one, blocks);
      var hosts =
          new Holder.Host[] {
            host(one, blocks, "one", Duration.ofHours(1)),
            host(other, blocks, "other", Duration.ofHours(-1))
          };
      takeTurns(hosts, durability);
    }
  }

  private Holder.Host host(
      CassandraMetadata metadata, BlockStore blocks, String name, Duration ahead)
      throws IOException {
    LongSupplier clock = () -> System.nanoTime() + ahead.toNanos();
    var logs = LocalDisk.open(Files.createDirectories(directory.resolve(name)));
    return new Holder.Host(UUID.randomUUID(), metadata, blocks, logs, clock);
  }

  private void createProject(CassandraMetadata metadata, BlockStore blocks) throws IOException {
    var cache = new NodeCache(metadata.nodes(), blocks.codec(), 1 << 20);
    var top = new InodeItem(InodeItem.S_IFDIR | 0755, 0, 0, 2, 0, 0, 1, 1, 1, 1, 0, 1);
    var tree = new Tree(project, blocks.codec(), cache);
    var first = Transactions.create(tree, metadata.nodes(), 0, top);
    assertTrue(metadata.heads().create(project, first.root(), 0));
  }

  private void takeTurns(Holder.Host[] hosts, Durability durability) throws Exception {
    var holder = new Holder(hosts[0], project, durability, false);
    assertTrue(holder.open());
    holder.createFile();
    for (int round = 1; round <= ROUNDS; round++) {
      holder = takeOver(holder, hosts[round % 2], durability);
    }
    System.out.printf(
        "%s: %d take-overs, %d acknowledged updates%n", durability, ROUNDS, holder.read());
    holder.close();
  }

  /** Returns the new holder. */
  private Holder takeOver(Holder old, Holder.Host to, Durability durability) throws Exception {
    var counter = new Counter(old, durability);
    var thread = Thread.ofPlatform().name("epoch " + old.epoch()).start(counter);
    int begin = old.read();
    DevStack.await(
        DEADLINE,
        () -> counter.acknowledged > begin + random.nextInt(10) || !thread.isAlive(),
        () -> "no progress");
    assertTrue(thread.isAlive(), () -> "the holder gave up: " + counter.defect);

    old.link.breakSomehow(random);
    var next = new Holder(to, project, durability, random.nextInt(4) == 0);
    DevStack.await(DEADLINE, () -> opens(next), () -> "the holder never counts as gone");
    long takenOverNanos = System.nanoTime();
    int found = next.read();
    if (durability == Durability.HOST) {
      // Nothing but the lease keeps it from its log now: let it try.
      int attempts = counter.attempts.get();
      DevStack.await(DEADLINE, () -> counter.attempts.get() > attempts + 1, () -> "it is stuck");
    }
    old.link.set(Link.State.WHOLE);

    int failures = counter.failures.get();
    DevStack.await(
        DEADLINE, () -> counter.failures.get() > failures + 1, () -> "the old holder goes on");
    counter.stopping = true;
    thread.join(DEADLINE);
    assertTrue(!thread.isAlive(), "the old holder is stuck");
    assertNull(counter.defect);
    assertTrue(
        counter.lastBegunNanos - takenOverNanos < 0, "a change begun after it was acknowledged");
    assertTrue(
        found >= counter.acknowledged,
        () -> found + " was found, " + counter.acknowledged + " was acknowledged");
    next.write(found + 1);
    next.fsync();
    closeFenced(old);
    next.commit();
    assertEquals(found + 1, next.read());
    return next;
  }

  /** It fails if there was anything left to commit. */
  private static void closeFenced(Holder old) {
    try {
      old.close();
    } catch (IOException e) {
      assertInstanceOf(MetadataException.Fenced.class, e);
    }
  }

  private static boolean opens(Holder holder) {
    try {
      return holder.open();
    } catch (IOException | FsException e) {
      throw new IllegalStateException(e);
    }
  }
}
