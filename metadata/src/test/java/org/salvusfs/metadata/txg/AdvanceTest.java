package org.salvusfs.metadata.txg;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.ReceivedItem;
import org.salvusfs.metadata.snapshot.TreeBeside;
import org.salvusfs.metadata.tree.Tree;

/** Trees that are made beside a project and take the live one's place. */
class AdvanceTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final HexFormat HEX = HexFormat.of();

  private final SnapshotWorld world;

  AdvanceTest() throws IOException {
    world = SnapshotWorld.fresh();
  }

  /** A tree that is on its way, and what is in it. */
  private record Made(Advance advance, TreeBeside beside, TreeMap<Key, String> items) {}

  private Transactions transactions() {
    return world.opened.transactions();
  }

  /** Changes all over the tree, in some batches; the caller has pinned the root. */
  private Made make(Random random, Transactions.Pin pin) throws IOException {
    long txg = transactions().committedTxg();
    Tree tree = world.rig.storedTree();
    assertTrue(tree.birthTxg(pin.root()) < txg);
    var beside = TreeBeside.of(tree, pin.root(), world.rig.metadata.nodes(), txg, update -> {});
    var items = new TreeMap<>(world.live);
    long inode = 1;
    while (inode < 400) {
      inode += 1 + random.nextInt(40);
      Key key = Keys.xattr(inode, new byte[] {'u', (byte) ('a' + random.nextInt(6))});
      if (random.nextInt(3) == 0) {
        beside.add(new Change(key, null));
        items.remove(key);
      } else {
        byte[] value = new byte[random.nextInt(300)];
        random.nextBytes(value);
        beside.add(new Change(key, value));
        items.put(key, HEX.formatHex(value));
      }
      if (random.nextInt(4) == 0) {
        beside.flush();
      }
    }
    var counters = new CountersItem(1000, random.nextInt(10_000), 17);
    var source =
        new ReceivedItem.State(new ProjectId(new UUID(3, 3)), NOW, requireNonNull(pin.root()));
    var advance = new Advance(pin.root(), txg, beside.flush(), counters, source, beside.replaced());
    return new Made(advance, beside, items);
  }

  /** Commits until nothing is changed by a commit. */
  private void settle() throws IOException {
    transactions().settle();
    transactions().settle();
  }

  private Snapshot advance(Random random, String name) throws IOException {
    settle();
    try (var pin = transactions().pinRoot()) {
      Made made = make(random, pin);
      var outcome = world.snapshots().advance(made.advance(), name, "came", NOW);
      if (!(outcome instanceof Snapshots.Advanced.Done(Snapshot snapshot))) {
        throw new AssertionError("not done: " + outcome);
      }
      world.live = made.items();
      world.copies.put(snapshot.created(), new TreeMap<>(world.live));
      requireMarked(made.advance(), snapshot);
      return snapshot;
    }
  }

  private void requireMarked(Advance advance, Snapshot snapshot) throws IOException {
    var tree = world.rig.storedTree();
    var item = ReceivedItem.decode(requireNonNull(tree.get(snapshot.root(), Keys.received())));
    assertEquals(advance.received(world.rig.project, snapshot.txg()), item);
    assertEquals(item.txg(), tree.birthTxg(snapshot.root()));
    assertEquals(advance.counters().bytes(), snapshot.bytes());
    assertEquals(advance.counters().bytes(), transactions().usage().bytes());
    assertEquals(advance.counters().inodes(), transactions().usage().inodes());
    assertTrue(transactions().usage().nextInode() >= advance.counters().nextInode());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void advance_amongChangesSnapshotsAndRollbacks_isExact(long seed) throws IOException {
    var random = new Random(seed);
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(5)) {
        case 0 -> world.change(random, 1 + random.nextInt(60));
        case 1 -> world.create("by hand " + step);
        case 2 -> rollBack(random, step);
        case 3 -> delete(random);
        default -> advance(random, "came " + step);
      }
      world.checkLive();
    }
    world.checkSnapshots();
    requireNothingElse();
  }

  private void rollBack(Random random, int step) throws IOException {
    var all = new ArrayList<>(world.copies.keySet());
    if (!all.isEmpty()) {
      world.rollBack(all.get(random.nextInt(all.size())), "before " + step);
    }
  }

  private void delete(Random random) throws IOException {
    var all = new ArrayList<>(world.copies.keySet());
    if (!all.isEmpty()) {
      Instant one = all.get(random.nextInt(all.size()));
      assertEquals(Deletion.DELETING, world.snapshots().delete(one));
      world.copies.remove(one);
    }
  }

  /** Deletes all snapshots: what is stored then is the live tree, and nothing else. */
  private void requireNothingElse() throws IOException {
    for (Snapshot snapshot : world.snapshots().list()) {
      assertEquals(Deletion.DELETING, world.snapshots().delete(snapshot.created()));
    }
    world.checkLive();
    transactions().close();
    assertEquals(world.reachable(true), world.rig.metadata.nodeIds());
  }

  @Test
  void advance_ofATreeThatIsNotLiveAnyMore_orWasKeptMeanwhile_changesNothing() throws IOException {
    var random = new Random(7);
    world.change(random, 100);
    world.create("taken");
    for (int round = 0; round < 3; round++) {
      settle();
      try (var pin = transactions().pinRoot()) {
        Made made = make(random, pin);
        String name = "came";
        switch (round) {
          case 0 -> world.change(random, 5);
          case 1 -> world.create("meanwhile");
          default -> name = "taken";
        }
        var outcome = world.snapshots().advance(made.advance(), name, "came", NOW);
        Snapshots.Advanced expected =
            round < 2 ? new Snapshots.Advanced.Changed() : new Snapshots.Advanced.NameTaken(name);
        assertEquals(expected, outcome);
        made.beside().discard();
      }
      world.change(random, 5);
      world.checkLive();
      world.checkSnapshots();
    }
    requireNothingElse();
  }
}
