package org.salvusfs.metadata.garbage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockVisitor;
import org.salvusfs.blockstore.api.PackPlace;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.blockstore.disk.SimulatedDisk;
import org.salvusfs.blockstore.index.MemoryIndex;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.garbage.SimHome.Carried;
import org.salvusfs.metadata.garbage.SimHome.Dirty;
import org.salvusfs.metadata.garbage.SimHome.Gone;
import org.salvusfs.metadata.garbage.SimHome.Group;
import org.salvusfs.metadata.garbage.SimHome.Kept;
import org.salvusfs.metadata.garbage.SimHome.Logged;
import org.salvusfs.metadata.garbage.SimHome.Memory;
import org.salvusfs.metadata.garbage.SimHome.Stored;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;
import org.salvusfs.metadata.txg.TestRecords;
import org.salvusfs.metadata.txg.Transactions;

/**
 * Projects that share chunks, and the collection of garbage among them, in one thread. The code
 * under test is the real one: collector, marker, packs and their index. What surrounds it does what
 * a daemon does, in small steps, and every call that the collector makes is a moment in which
 * others take some: writers with references in their hands, commits, snapshots, rollbacks, clones,
 * and the end of the process.
 */
final class GarbageWorld implements OpenProjects {
  /** The process ends. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;

    Crash(String why) {
      super(why);
    }
  }

  private static final int CHUNKS = 14;
  private static final int FILES = 4;
  private static final int HOMES_MAX = 4;
  private static final int PACK_BYTES = 1500;
  private static final UUID HOST = new UUID(1, 1);

  private final Random random;
  private final SimulatedDisk disk;
  private final MemoryIndex index = new MemoryIndex();
  private final SimulatedMetadata metadata = new SimulatedMetadata();
  private final FakeBlockCodec nodeCodec = new FakeBlockCodec();
  private final List<SimHome> homes = new ArrayList<>();
  private final byte[][] contents = new byte[CHUNKS][];
  private final BlockId[] ids = new BlockId[CHUNKS];
  private final Map<BlockId, Integer> numbers = new HashMap<>();
  private BlockStore store;
  private long clock = 1000;

  /** How many steps others may still take in the present run; 0: nobody does anything. */
  private int stepsLeft;

  GarbageWorld(long seed) throws Exception {
    random = new Random(seed);
    disk = new SimulatedDisk(random);
    store = open();
    for (int i = 0; i < CHUNKS; i++) {
      contents[i] = new byte[100 + 11 * i];
      new Random(i).nextBytes(contents[i]);
      ids[i] = store.codec().id(ByteBuffer.wrap(contents[i]));
      numbers.put(ids[i], i);
    }
    for (int i = 0; i < 2; i++) {
      var id = newId();
      Update empty = tree(id).create(1);
      metadata.nodes().put(empty.sealed());
      add(new SimHome(id, empty.root(), 1));
    }
  }

  private BlockStore open() throws BlockStoreException {
    return BlockStore.open(disk, index, TestKeys.domain(), new BlockStore.Options(PACK_BYTES, 0));
  }

  private ProjectId newId() {
    return new ProjectId(new UUID(2, homes.size()));
  }

  private Tree tree(ProjectId id) {
    return new Tree(id, nodeCodec, new StoredNodes(metadata.nodes(), nodeCodec));
  }

  private void add(SimHome home) throws MetadataException {
    assertTrue(metadata.heads().create(home.id, home.root, home.committedTxg));
    var name = "home " + homes.size();
    assertTrue(
        metadata
            .projects()
            .create(new Project(home.id, name, Durability.HOST, Instant.ofEpochSecond(1))));
    homes.add(home);
  }

  // ── What others do ────────────────────────────────────────────────────────────────────────────

  /** Some steps of others. */
  void act(int steps) {
    stepsLeft += steps;
    while (stepsLeft > 0) {
      step();
    }
  }

  /** A moment in the collector's work. */
  private void moment() {
    for (int n = random.nextInt(4); n > 0 && stepsLeft > 0; n--) {
      step();
    }
  }

  private void step() {
    stepsLeft--;
    SimHome home = SimHome.any(homes, random);
    try {
      if (!home.isOpen()) {
        openHome(home);
      } else {
        step(home);
      }
    } catch (BlockStoreException e) {
      throw new Crash("the disk failed: " + e.getMessage());
    } catch (Crash | AssertionError e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void step(SimHome home) throws Exception {
    int file = random.nextInt(FILES);
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> group(home).changes.put(file, new Memory(random.nextInt(CHUNKS)));
      case 3 -> group(home).changes.put(file, new Gone());
      case 4 -> capture(home, file);
      case 5 -> finishOne(home.captures);
      case 6 -> shareFromHere(home, file);
      case 7, 8 -> shareFromSnapshot(home, file);
      case 9 -> finishOne(home.holders);
      case 10, 11 -> commitStep(home);
      case 12 -> changeSnapshots(home);
      case 13 -> finishChange(home);
      case 14 -> deleteSnapshot(home);
      default -> {
        if (random.nextInt(30) == 0) {
          throw new Crash("killed");
        } else if (random.nextInt(6) == 0) {
          settle(home);
          home.forget();
        }
      }
    }
  }

  private static Group group(SimHome home) {
    return Objects.requireNonNull(home.open, "closed");
  }

  private void finishOne(List<Carried> carried) throws Exception {
    if (!carried.isEmpty()) {
      carried.remove(random.nextInt(carried.size())).finish();
    }
  }

  /** Recovery: what the log has above the commit is committed before anything else happens. */
  private void openHome(SimHome home) throws Exception {
    Head head = Objects.requireNonNull(metadata.heads().read(home.id));
    var fence = new Fence(home.id, head.epoch() + 1, HOST, new UUID(3, clock++));
    assertTrue(metadata.heads().acquire(head, fence));
    metadata.snapshots().open(fence);
    home.fence = fence;
    home.open = new Group(Txgs.base(fence.epoch()) + 1);
    for (Logged record : home.log) {
      group(home).changes.put(record.file(), new Stored(record.chunk()));
    }
    commitWhole(home);
  }

  /** fsync: stores a chunk, and is slow to log it. */
  private void capture(SimHome home, int file) throws Exception {
    Group group = group(home);
    if (group.changes.get(file) instanceof Memory(int chunk)) {
      put(chunk);
      home.captures.add(
          () -> {
            store.store().sync();
            if (group.txg > home.committedTxg) {
              home.log.add(new Logged(group.txg, file, chunk));
            }
            if (home.open == group && group.changes.get(file) instanceof Memory(int now)) {
              if (now == chunk) {
                group.changes.put(file, new Stored(chunk));
              }
            }
          });
    }
  }

  private void put(int chunk) throws BlockStoreException {
    store.chunks().put(contents[chunk], 0, contents[chunk].length);
  }

  /** A copy inside the project, under the locks of both files: one step. */
  private void shareFromHere(SimHome home, int file) {
    Dirty source = home.now(random.nextInt(FILES));
    if (source != null && !(source instanceof Gone)) {
      group(home).changes.put(file, source);
    }
  }

  /** A copy out of a snapshot, in slow steps: look it up; join the group; apply. */
  private void shareFromSnapshot(SimHome home, int file) throws Exception {
    if (home.kept.isEmpty()) {
      return;
    }
    long from = SimHome.any(List.copyOf(home.kept.keySet()), random);
    Integer chunk = kept(home, from).files().get(random.nextInt(FILES));
    if (chunk == null) {
      return;
    }
    home.captures.add(
        () -> {
          try {
            store.chunks().keep(ids[chunk]);
          } catch (BlockStoreException.Missing e) {
            assertTrue(!home.kept.containsKey(from), "a snapshot's chunk is gone");
            return;
          }
          Group group = group(home);
          home.holders.add(() -> group.changes.put(file, new Stored(chunk)));
        });
  }

  private void commitStep(SimHome home) throws Exception {
    Group group = home.syncing;
    if (group == null) {
      close(home);
    } else if (group.written == null) {
      var written = new TreeMap<>(home.committed);
      for (var entry : group.changes.entrySet()) {
        switch (entry.getValue()) {
          case Memory(int chunk) -> {
            put(chunk);
            written.put(entry.getKey(), chunk);
          }
          case Stored(int chunk) -> written.put(entry.getKey(), chunk);
          case Gone() -> written.remove(entry.getKey());
        }
      }
      group.written = written;
    } else {
      store.store().sync();
      commit(home, group, group.written);
      home.syncing = null;
    }
  }

  private static void close(SimHome home) throws Exception {
    for (Carried holder : List.copyOf(home.holders)) {
      holder.finish();
    }
    home.holders.clear();
    home.syncing = group(home);
    home.open = new Group(group(home).txg + 1);
  }

  private void commit(SimHome home, Group group, Map<Integer, Integer> files) throws Exception {
    var changes = new TreeMap<Key, Change>();
    for (int file = 0; file < FILES; file++) {
      Integer chunk = files.get(file);
      var key = Keys.extent(2 + file, 0);
      byte[] value =
          chunk == null ? null : new ExtentItem(contents[chunk].length, ids[chunk], 0, 1).encode();
      changes.put(key, new Change(key, value));
    }
    Update update = tree(home.id).apply(home.root, group.txg, changes.values().iterator());
    metadata.nodes().put(update.sealed());
    metadata.heads().commit(fence(home), update.root(), group.txg);
    home.root = update.root();
    home.committed = new TreeMap<>(files);
    home.committedTxg = group.txg;
    home.log.removeIf(record -> record.txg() <= group.txg);
  }

  private static Fence fence(SimHome home) {
    return Objects.requireNonNull(home.fence, "closed");
  }

  /** Commits what is syncing and what is open. */
  private void commitWhole(SimHome home) throws Exception {
    while (home.syncing != null) {
      commitStep(home);
    }
    commitStep(home);
    while (home.syncing != null) {
      commitStep(home);
    }
  }

  private void changeSnapshots(SimHome home) throws Exception {
    if (home.changing != null) {
      return;
    }
    int what = random.nextInt(4);
    if (what < 2 || home.kept.isEmpty()) {
      commitWhole(home);
      home.changing = keep(home, home.committed, home.root);
    } else {
      long from = SimHome.any(List.copyOf(home.kept.keySet()), random);
      Kept source = kept(home, from);
      home.changing = what == 2 ? rollBack(home, from, source) : clone(home, from, source);
    }
  }

  private static Kept kept(SimHome home, long created) {
    return Objects.requireNonNull(home.kept.get(created));
  }

  private void finishChange(SimHome home) throws Exception {
    Carried change = home.changing;
    if (change != null) {
      home.changing = null;
      change.finish();
    }
  }

  /** The tree is chosen; the row is slow to come. */
  private Carried keep(SimHome home, Map<Integer, Integer> files, BlockId root) {
    long created = clock++;
    return () -> {
      metadata.snapshots().create(fence(home), row(home, created, root));
      home.kept.put(created, new Kept(files, root));
    };
  }

  private static Snapshot row(SimHome home, long created, BlockId root) {
    return new Snapshot(
        home.id,
        Instant.ofEpochMilli(created),
        "s" + created,
        root,
        home.committedTxg,
        0,
        0,
        Snapshot.Kind.MANUAL,
        "",
        Lineage.STRAIGHT,
        Set.of(),
        Map.of(),
        false);
  }

  private Carried rollBack(SimHome home, long from, Kept source) {
    return () -> {
      if (home.kept.containsKey(from) || random.nextBoolean()) {
        commitWhole(home);
        keep(home, home.committed, home.root).finish();
        Group group = group(home);
        close(home);
        commit(home, group, source.files());
        home.syncing = null;
      }
    };
  }

  private @Nullable Carried clone(SimHome home, long from, Kept source) throws Exception {
    if (homes.size() == HOMES_MAX) {
      return null;
    }
    ProjectId id = newId();
    assertTrue(
        metadata.snapshots().addClone(home.id, Instant.ofEpochMilli(from), id, new UUID(4, 4)));
    return () -> {
      if (homes.stream().anyMatch(other -> other.id.equals(id))) {
        return; // another clone was faster; this one never comes to be
      }
      var key = Keys.counters();
      var first = List.of(new Change(key, new byte[] {(byte) homes.size()})).iterator();
      Update update = tree(id).adopt(home.id, source.root(), 1, first);
      metadata.nodes().put(update.sealed());
      var made = new SimHome(id, update.root(), 1);
      made.committed = new TreeMap<>(source.files());
      add(made);
    };
  }

  private void deleteSnapshot(SimHome home) throws Exception {
    if (home.kept.isEmpty()) {
      return;
    }
    long which = SimHome.any(List.copyOf(home.kept.keySet()), random);
    metadata.snapshots().delete(home.id, Instant.ofEpochMilli(which));
    home.kept.remove(which);
  }

  // ── What the collector sees ───────────────────────────────────────────────────────────────────

  @Override
  public void settle() {
    try {
      for (SimHome home : List.copyOf(homes)) {
        if (home.isOpen()) {
          settle(home);
          moment();
        }
      }
    } catch (BlockStoreException e) {
      throw new Crash("the disk failed: " + e.getMessage());
    } catch (Crash | AssertionError e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void settle(SimHome home) throws Exception {
    finishChange(home);
    commitWhole(home);
  }

  @Override
  public Transactions.@Nullable Pin pin(ProjectId project) {
    moment();
    for (SimHome home : homes) {
      if (home.id.equals(project) && home.isOpen()) {
        return new Transactions.Pin(home.root, () -> {});
      }
    }
    return null;
  }

  private List<IntentLog> logs(ProjectId project) {
    var home = homes.stream().filter(each -> each.id.equals(project)).findFirst().orElseThrow();
    return List.of(hooked(IntentLog.class, new PeekOnly(entries(home))));
  }

  /** As of each call. */
  private Supplier<List<IntentLog.Entry>> entries(SimHome home) {
    return () ->
        home.log.stream()
            .map(
                each ->
                    new IntentLog.Entry(
                        each.txg(),
                        TestRecords.captured(each.txg(), each.file(), ids[each.chunk()].toBytes())))
            .toList();
  }

  private record PeekOnly(Supplier<List<Entry>> entries) implements IntentLog {
    @Override
    public List<Entry> peek(long committedTxg) {
      return entries.get();
    }

    @Override
    public void append(long txg, byte[] payload) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void retire(long committedTxg) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Entry> recover(long committedTxg) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  /** The same, with a moment for others before and after each call. */
  private <T> T hooked(Class<T> type, T real) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              moment();
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                moment();
              }
            });
    return type.cast(proxy);
  }

  private Collector collector() {
    return new Collector(
        new Marker.Sources(
            hooked(ProjectStore.class, metadata.projects()),
            hooked(HeadStore.class, metadata.heads()),
            hooked(SnapshotStore.class, metadata.snapshots()),
            new StoredNodes(hooked(NodeStore.class, metadata.nodes()), nodeCodec),
            nodeCodec,
            this,
            this::logs,
            (payload, chunks) -> chunks.accept(BlockId.of(payload))));
  }

  /** A collection, while others take that many steps; the disk may stop in the middle. */
  void collect(int steps) throws Exception {
    stepsLeft = steps;
    boolean[] isStopped = {false};
    long stop = random.nextInt(4) == 0 ? disk.steps() + 1 + random.nextInt(40) : Long.MAX_VALUE;
    disk.plan(
        (number, step, file) -> {
          isStopped[0] |= number == stop;
          return number == stop ? SimulatedDisk.Fault.STOP : SimulatedDisk.Fault.NONE;
        });
    try (Sweep sweep = store.sweep(random.nextLong())) {
      collector()
          .run(
              sweep,
              random.nextBoolean() ? 0 : 0.3,
              (nodes, done, projects) -> moment(),
              this::moment,
              (bytes, done, total) -> moment());
    } catch (BlockStoreException e) {
      assertTrue(isStopped[0], () -> "a sweep failed: " + e);
    }
    disk.plan((number, step, file) -> SimulatedDisk.Fault.NONE);
    if (isStopped[0]) {
      throw new Crash("the disk has stopped");
    }
  }

  /** The process is gone, perhaps with the machine. */
  void crash() throws BlockStoreException {
    homes.forEach(SimHome::forget);
    stepsLeft = 0;
    disk.crash(random);
    index.crash(random);
    store = open();
  }

  // ── What must hold ────────────────────────────────────────────────────────────────────────────

  void assertNothingLost(String message) throws BlockStoreException {
    for (SimHome home : homes) {
      for (int chunk : home.referred()) {
        try {
          byte[] sealed = store.store().get(ids[chunk]);
          assertArrayEquals(contents[chunk], store.codec().open(ids[chunk], sealed), message);
        } catch (BlockStoreException.Missing e) {
          fail(message + ": chunk " + chunk + " of " + home.id + " is lost");
        }
        assertTrue(store.store().contains(ids[chunk]), message);
      }
    }
  }

  /** What a daemon does about clones that never came to be. */
  private void forgetStrayClones() throws MetadataException {
    for (SimHome home : homes) {
      for (Snapshot snapshot : metadata.snapshots().listAll(home.id)) {
        for (ProjectId clone : snapshot.clones().keySet()) {
          if (homes.stream().noneMatch(each -> each.id.equals(clone))) {
            metadata.snapshots().removeClone(home.id, snapshot.created(), clone);
          }
        }
      }
    }
  }

  /** When everybody rests, one collection frees all that nobody refers to. */
  void assertAllGarbageGoes(String message) throws Exception {
    for (SimHome home : List.copyOf(homes)) {
      if (!home.isOpen()) {
        openHome(home);
      }
      settle(home);
      while (!home.captures.isEmpty()) {
        finishOne(home.captures);
      }
      settle(home);
    }
    forgetStrayClones();
    stepsLeft = 0;
    try (Sweep sweep = store.sweep(random.nextLong())) {
      collector().run(sweep, 0, (n, d, p) -> {}, () -> {}, Sweep.Pace.UNLIMITED);
    }
    Set<Integer> needed = new HashSet<>();
    homes.forEach(home -> needed.addAll(home.referred()));
    Set<Integer> there = new HashSet<>();
    store.verify(
        PackPlace.START,
        new BlockVisitor() {
          @Override
          public void intact(BlockId id, int sealedBytes) {
            assertTrue(there.add(numbers.get(id)), message + ": stored twice");
          }

          @Override
          public void damaged(Damage damage) {
            fail(message + ": " + damage);
          }

          @Override
          public void progress(PackPlace reached, long doneBytes, long totalBytes) {}
        });
    assertEquals(needed, there, message);
  }
}
