package org.salvusfs.metadata.txg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LineageItem;
import org.salvusfs.metadata.log.Muted;
import org.salvusfs.metadata.sim.SimulatedMetadata;

/**
 * What snapshots hold, beside a recount that walks the trees of all of them: after every step of
 * random changes, snapshots, deletions, rollbacks, clones, restarts and crashes.
 */
class SnapshotUseTest {
  @RegisterExtension static final Muted MUTED = new Muted(Committer.class);

  private static final int SNAPSHOTS_MAX = 12;
  private static final int PROJECTS_MAX = 3;

  /** Of the stores, for one count of 250 snapshots; comparing only their roots would take 500. */
  private static final int OPERATIONS_MAX = 100;

  private static final HexFormat HEX = HexFormat.of();

  private final List<SnapshotWorld> worlds = new ArrayList<>();
  private final SimulatedMetadata metadata;
  private int names;

  /** Contents never repeat, or a recount by value would take two of them for one. */
  private long contents;

  SnapshotUseTest() throws IOException {
    var first = SnapshotWorld.fresh();
    worlds.add(first);
    metadata = first.rig.metadata;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomSteps_heldAndFreedBytes_areThoseOfARecount(long seed) throws IOException {
    var random = new Random(seed);
    for (int step = 0; step < 700; step++) {
      var world = worlds.get(random.nextInt(worlds.size()));
      try {
        step(world, random);
        checkUse(world);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
    }
    for (var world : worlds) {
      world.checkSnapshots();
    }
  }

  private void step(SnapshotWorld world, Random random) throws IOException {
    int dice = random.nextInt(100);
    if (dice < 50) {
      change(world, random);
    } else if (dice < 70) {
      if (world.copies.size() < SNAPSHOTS_MAX) {
        world.create("s" + names++);
      }
    } else if (dice < 84) {
      if (!world.copies.isEmpty()) {
        Instant created = some(world, random);
        assertEquals(Deletion.DELETING, world.snapshots().delete(created));
        world.copies.remove(created);
      }
    } else if (dice < 91) {
      if (!world.copies.isEmpty() && world.copies.size() < SNAPSHOTS_MAX) {
        world.rollBack(some(world, random), "b" + names++);
      }
    } else if (dice < 93) {
      if (!world.copies.isEmpty() && worlds.size() < PROJECTS_MAX) {
        Instant created = some(world, random);
        Snapshot of = row(metadata.snapshots().list(world.rig.project), created);
        worlds.add(world.clone(of, "clone " + names++));
      }
    } else if (dice < 96) {
      world.opened.transactions().close();
      world.reopen();
    } else {
      world.opened.transactions().log(0);
      world.reopen(); // the old one is just dropped
    }
  }

  private static Instant some(SnapshotWorld world, Random random) {
    var all = new ArrayList<>(world.copies.keySet());
    return all.get(random.nextInt(all.size()));
  }

  /** Writes, overwrites and removes extents and small files, and what counts for nothing. */
  private void change(SnapshotWorld world, Random random) throws IOException {
    world.opened.transactions().awaitRoom(0);
    try (Tx tx = world.opened.transactions().begin(TxKind.NAMESPACE)) {
      for (int i = random.nextInt(30); i >= 0; i--) {
        long inode = 2L + random.nextInt(60);
        Key key =
            switch (random.nextInt(4)) {
              case 0 -> Keys.inline(inode);
              case 1 -> Keys.xattr(inode, new byte[] {'u'});
              default -> Keys.extent(inode, 4096L * random.nextInt(5));
            };
        if (random.nextInt(3) == 0) {
          tx.delete(key);
          world.live.remove(key);
        } else {
          byte[] value = value(key, random);
          tx.put(key, value);
          world.live.put(key, HEX.formatHex(value));
        }
      }
      tx.apply();
    }
    if (random.nextBoolean()) {
      world.opened.transactions().commit();
    }
  }

  private byte[] value(Key key, Random random) {
    contents++;
    if (key.kind() == Keys.EXTENT) {
      var chunk = new BlockId(contents, 0, 0, 0);
      return new ExtentItem(1 + random.nextInt(100_000), chunk, 0, contents).encode();
    }
    byte[] value = new byte[Long.BYTES + random.nextInt(100)];
    ByteBuffer.wrap(value).putLong(contents);
    return value;
  }

  private void checkUse(SnapshotWorld world) throws IOException {
    world.opened.transactions().commit();
    SnapshotUse use = world.snapshots().use();
    List<Snapshot> rows = metadata.snapshots().listAll(world.rig.project);
    var trees = new HashMap<Instant, Set<String>>();
    for (Snapshot row : rows) {
      trees.put(row.created(), data(world, row.root()));
      assertTrue(row.space() != null, "counted, and not kept: " + row);
    }
    Set<String> live = data(world, world.rig.head().root());
    assertEquals(held(trees, live), use.heldBytes(), "held");
    assertEquals(
        List.copyOf(world.copies.keySet()),
        use.snapshots().stream().map(each -> each.snapshot().created()).toList());
    for (SnapshotUse.OfOne one : use.snapshots()) {
      var rest = new HashMap<>(trees);
      rest.remove(one.snapshot().created());
      Snapshot row = row(rows, one.snapshot().created());
      boolean stays = !row.clones().isEmpty() || family(world, rows).children(row).size() > 1;
      long freed = stays ? 0 : held(trees, live) - held(rest, live);
      assertEquals(freed, one.freedBytes(), one.toString());
    }
  }

  private static Snapshot row(List<Snapshot> rows, Instant created) {
    return rows.stream().filter(row -> row.created().equals(created)).findFirst().orElseThrow();
  }

  private static Family family(SnapshotWorld world, List<Snapshot> rows) throws MetadataException {
    byte[] value = world.rig.storedTree().get(world.rig.head().root(), Keys.lineage());
    var item = value == null ? null : LineageItem.decode(value);
    var lineage =
        item == null || !item.project().equals(world.rig.project)
            ? Lineage.STRAIGHT
            : item.lineage();
    return new Family(rows, List.of(), lineage, world.rig.head().txg());
  }

  /** Keys and values of what counts, and in front how much. */
  private static Set<String> data(SnapshotWorld world, BlockId root) throws MetadataException {
    var data = new HashSet<String>();
    for (Map.Entry<Key, String> item :
        SnapshotWorld.items(world.rig.storedTree().view(root)).entrySet()) {
      byte kind = item.getKey().kind();
      byte[] value = HEX.parseHex(item.getValue());
      if (kind == Keys.EXTENT) {
        data.add(ExtentItem.decode(value).lengthBytes() + " " + item);
      } else if (kind == Keys.INLINE) {
        data.add(value.length + " " + item);
      }
    }
    return data;
  }

  private static long held(Map<Instant, Set<String>> trees, Set<String> live) {
    var all = new HashSet<String>();
    trees.values().forEach(all::addAll);
    all.removeAll(live);
    return all.stream().mapToLong(item -> Long.parseLong(item.split(" ", 2)[0])).sum();
  }

  @Test
  void use_afterACrash_isWhatItWas_andComesFromWhatIsKept() throws IOException {
    var world = worlds.getFirst();
    var random = new Random(9);
    for (int i = 0; i < 250; i++) {
      change(world, random);
      world.create("s" + i);
    }
    change(world, random);
    world.opened.transactions().commit();
    SnapshotUse before = world.snapshots().use();
    assertTrue(before.heldBytes() > 0);
    var cut = new Cut();
    world.opened = world.rig.open(cut); // the former process is just dropped
    cut.after(OPERATIONS_MAX);
    assertEquals(before, world.snapshots().use());
    assertFalse(cut.isDone(), "the trees of all snapshots were read");
  }
}
