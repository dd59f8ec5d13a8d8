package org.salvusfs.metadata.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LineageItem;
import org.salvusfs.metadata.item.OriginItem;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.TestTree;
import org.salvusfs.metadata.tree.Tree;

final class CheckerTest {
  private static final long TOP = Keys.ROOT_INODE;

  private final SampleProject project = new SampleProject();
  private long home;
  private long sub;
  private long file;
  private long small;
  private long link;
  private long orphan;

  @BeforeEach
  void makeProject() throws MetadataException {
    home = project.directory(TOP, "home");
    sub = project.directory(home, "sub");
    file = project.file(home, "file", 3);
    small = project.inlineFile(sub, "small", 10);
    link = project.symlink(sub, "link", "small");
    orphan = project.orphan();
  }

  private List<Finding> findings() throws MetadataException {
    return project.write().check(CheckOptions.DEEP).findings();
  }

  private void assertOnly(Finding... expected) throws MetadataException {
    List<Finding> found = findings();
    assertEquals(messages(List.of(expected)), messages(found));
    for (int i = 0; i < expected.length; i++) {
      assertTrue(
          found.stream().map(Object::getClass).toList().contains(expected[i].getClass()),
          found.toString());
    }
  }

  private static Set<String> messages(List<Finding> findings) {
    return findings.stream().map(Finding::message).collect(Collectors.toSet());
  }

  /** Checks and repairs until nothing is found. */
  private void assertMends() throws MetadataException {
    for (int round = 0; round < 3; round++) {
      CheckReport report = project.check(CheckOptions.DEEP);
      if (report.findings().isEmpty()) {
        return;
      }
      List<Change> changes = Repairs.plan(project.tree.view(), report, 5);
      assertFalse(changes.isEmpty(), report.findings().toString());
      project.tree.apply(changes);
    }
    assertEquals(List.of(), project.check(CheckOptions.DEEP).findings());
  }

  private DirentItem entry(long directory, String name) throws MetadataException {
    byte[] value = project.tree.view().get(Keys.dirent(directory, name.getBytes(UTF_8)));
    assertNotNull(value, name);
    return DirentItem.decode(value);
  }

  private static Key name(long directory, String name) {
    return Keys.dirent(directory, name.getBytes(UTF_8));
  }

  private BlockId chunk(int index) {
    byte[] contents = new byte[SampleProject.CHUNK_BYTES];
    contents[0] = (byte) index;
    return project.chunks.add(contents);
  }

  @Test
  void check_aCloneThatWasRolledBack_findsNothing() throws MetadataException {
    project.write();
    var id = new ProjectId(new UUID(1, 2));
    var lineage = new Lineage(List.of(new Lineage.Fork(3, 4)));
    var origin = new OriginItem(id, Instant.ofEpochMilli(5), project.tree.root());
    project.tree.apply(
        List.of(
            new Change(Keys.lineage(), new LineageItem(id, lineage).encode()),
            new Change(Keys.origin(), origin.encode())));
    assertEquals(List.of(), project.check(CheckOptions.DEEP).findings());
  }

  @Test
  void check_unreadableLineage_isFound() throws MetadataException {
    project.write();
    project.tree.set(Keys.lineage(), new byte[5]);
    assertEquals(1, project.check(CheckOptions.DEEP).findings().size());
  }

  @Test
  void check_soundProject_findsNothingAndCounts() throws MetadataException {
    CheckReport report = project.write().check(CheckOptions.DEEP);
    assertEquals(List.of(), report.findings());
    assertTrue(report.isComplete());
    assertEquals(project.counters(), report.counted());
    assertEquals(3, report.chunks());
    assertEquals(project.tree.items().size(), report.items());
    assertEquals(1, report.nodes());
    assertEquals(List.of(), Repairs.plan(project.tree.view(), report, 5));
  }

  @Test
  void check_randomProjects_areSound() throws MetadataException {
    for (long seed = 0; seed < 10; seed++) {
      SampleProject random = SampleProject.random(seed, 3000).write();
      assertEquals(List.of(), random.check(CheckOptions.DEEP).findings(), "seed " + seed);
      assertEquals(List.of(), random.check(CheckOptions.QUICK).findings(), "seed " + seed);
    }
  }

  @Test
  void check_progress_endsAtTheNumberOfItems() throws MetadataException {
    SampleProject random = SampleProject.random(7, 3000).write();
    var codec = new FakeBlockCodec();
    var stored = new Tree(TestTree.PROJECT, codec, new StoredNodes(random.tree.store, codec));
    var calls = new ArrayList<long[]>();
    new Checker(stored, random.chunks, codec)
        .check(
            random.tree.root(),
            CheckOptions.QUICK,
            (done, estimate) -> calls.add(new long[] {done, estimate}));
    long items = random.tree.items().size();
    assertArrayEquals(new long[] {items, items}, calls.getLast());
    assertTrue(calls.size() > 10);
    assertTrue(calls.get(3)[1] > items / 3 && calls.get(3)[1] < items * 3, "estimate");
  }

  @Test
  void check_chunkOfManyExtents_isReadOnce() throws MetadataException {
    for (int i = 0; i < 20; i++) {
      project.file(home, "copy" + i, 3);
    }
    project.write().check(CheckOptions.DEEP);
    assertEquals(3, project.chunks.gets.size());
    project.chunks.gets.clear();
    project.check(new CheckOptions(true, 10, 1));
    assertTrue(project.chunks.gets.size() > 3);
    project.chunks.gets.clear();
    project.check(CheckOptions.QUICK);
    assertEquals(0, project.chunks.gets.size());
  }

  @Test
  void check_missingChunk_isFoundEitherWay() throws MetadataException {
    project.chunks.remove(chunk(1));
    assertOnly(
        new Finding.DamagedChunk(
            file, 200, chunkId(1), "chunk " + chunkId(1) + " is not in the store"));
    assertEquals(1, project.check(CheckOptions.QUICK).findings().size());
  }

  private BlockId chunkId(int index) {
    BlockId id = chunk(index);
    project.chunks.remove(id);
    return id;
  }

  @Test
  void check_damagedChunk_isFoundWhenDeep() throws MetadataException {
    BlockId id = chunk(2);
    project.chunks.damage(id);
    assertOnly(new Finding.DamagedChunk(file, 400, id, "block " + id + " has other contents"));
    assertEquals(List.of(), project.check(CheckOptions.QUICK).findings());
  }

  @Test
  void check_shortChunk_isFound() throws MetadataException {
    project.set(Keys.extent(file, 0), new ExtentItem(100, chunk(0), 1, 1).encode());
    assertOnly(new Finding.ShortChunk(file, 0, chunk(0), 100, 101));
  }

  @Test
  void check_missingNode_isReportedAndNothingIsRepaired() throws MetadataException {
    SampleProject random = SampleProject.random(3, 3000).write();
    var ids = new HashSet<>(random.tree.store.ids());
    ids.remove(random.tree.root());
    BlockId victim = ids.iterator().next();
    random.tree.store.delete(List.of(victim));
    CheckReport report = random.check(CheckOptions.QUICK);
    assertFalse(report.isComplete());
    var damaged = report.findings().stream().filter(Finding.DamagedNode.class::isInstance).toList();
    assertEquals(1, damaged.size());
    assertTrue(damaged.getFirst().message().contains(victim.toString()));
    assertEquals(List.of(), Repairs.plan(random.tree.view(), report, 5));
  }

  @Test
  void check_everyNodeDamagedInTurn_isFound() throws MetadataException {
    SampleProject random = SampleProject.random(4, 500).write();
    for (BlockId id : List.copyOf(random.tree.store.ids())) {
      byte[] sealed = random.tree.store.get(id);
      byte[] flipped = sealed.clone();
      flipped[flipped.length / 2] ^= 4;
      random.tree.store.put(Map.of(id, flipped));
      CheckReport report = random.check(CheckOptions.QUICK);
      assertFalse(report.isComplete());
      assertTrue(report.findings().toString().contains(id.toString()));
      random.tree.store.put(Map.of(id, sealed));
    }
    assertEquals(List.of(), random.check(CheckOptions.QUICK).findings());
  }

  @Test
  void check_unreadableItems_areFound() throws MetadataException {
    project.set(Keys.first(small, (byte) 9), new byte[1]);
    project.set(Keys.first(0, (byte) 30), new byte[1]);
    project.set(Keys.xattr(small, new byte[0]), new byte[1]);
    project.set(name(home, "bad"), new byte[3]);
    project.set(Keys.extent(file, 900), new ExtentItem(0, chunk(0), 0, 1).encode());
    List<Finding> found = findings();
    assertEquals(5, found.size(), found.toString());
    assertTrue(found.stream().allMatch(Finding.UnreadableItem.class::isInstance));
    assertEquals(
        List.of(), Repairs.plan(project.tree.view(), project.check(CheckOptions.QUICK), 5));
  }

  @Test
  void check_lostInode_leavesStrayItemsAndItsEntry() throws MetadataException {
    project.set(Keys.inode(small), null);
    List<Finding> found = findings();
    assertTrue(messages(found).contains(new Finding.StrayItems(small, 1).message()));
    assertTrue(
        messages(found)
            .contains(new Finding.DanglingEntry(sub, "small".getBytes(UTF_8), small, 8).message()));
    project.tree.apply(Repairs.plan(project.tree.view(), project.check(CheckOptions.QUICK), 5));
    assertEquals(small, entry(sub, "small").inode());
  }

  @Test
  void check_missingTop_isFound() throws MetadataException {
    project.set(Keys.inode(TOP), null);
    assertTrue(findings().stream().anyMatch(Finding.MissingTop.class::isInstance));
    assertEquals(
        List.of(), Repairs.plan(project.tree.view(), project.check(CheckOptions.QUICK), 5));
  }

  @Test
  void check_misplacedItems_areFound() throws MetadataException {
    project.set(Keys.inline(home), new byte[0]);
    project.set(name(small, "x"), new DirentItem(file, 8).encode());
    project.put(file, project.inode(file).withNlink(2));
    assertOnly(
        new Finding.MisplacedItem(Keys.inline(home), 4),
        new Finding.MisplacedItem(name(small, "x"), 8));
  }

  @Test
  void check_contentsAgainstSize_areFound() throws MetadataException {
    project.set(Keys.inline(file), new byte[600]);
    project.put(file, project.inode(file).withSize(600, 900));
    project.put(small, project.inode(small).withSize(11, 10));
    project.set(Keys.inline(link), null);
    project.set(
        Keys.counters(),
        new CountersItem(
                project.counters().nextInode(),
                project.counters().bytes() + 600,
                project.counters().inodes())
            .encode());
    assertOnly(
        new Finding.InlineAndExtents(file),
        new Finding.WrongInlineLength(small, 10, 11),
        new Finding.WrongInlineLength(link, 0, 5));
  }

  @Test
  void check_extentsOutOfPlace_areFound() throws MetadataException {
    project.set(Keys.extent(file, 50), new ExtentItem(100, chunk(0), 0, 1).encode());
    project.put(file, project.inode(file).withSize(450, 400));
    List<Finding> found = findings();
    assertTrue(messages(found).contains(new Finding.OverlappingExtents(file, 50, 100).message()));
    assertTrue(
        messages(found).contains(new Finding.ExtentBeyondSize(file, 400, 500, 450).message()));
  }

  @Test
  void check_wrongAllocated_isMended() throws MetadataException {
    project.put(file, project.inode(file).withSize(600, 77));
    project.put(home, project.inode(home).withSize(0, 1));
    assertOnly(new Finding.WrongAllocated(file, 77, 300), new Finding.WrongAllocated(home, 1, 0));
    assertMends();
  }

  @Test
  void check_wrongLinkCounts_areMended() throws MetadataException {
    project.link(TOP, "hard", file);
    project.put(file, project.inode(file).withNlink(5));
    project.put(small, project.inode(small).withNlink(0));
    project.put(home, project.inode(home).withNlink(2));
    project.put(sub, project.inode(sub).withNlink(0));
    project.put(orphan, project.inode(orphan).withNlink(1));
    assertOnly(
        new Finding.WrongLinkCount(file, 5, 2),
        new Finding.WrongLinkCount(small, 0, 1),
        new Finding.WrongLinkCount(home, 2, 3),
        new Finding.WrongLinkCount(sub, 0, 2),
        new Finding.WrongLinkCount(orphan, 1, 0));
    assertMends();
  }

  @Test
  void check_wrongParent_isMended() throws MetadataException {
    project.put(sub, project.inode(sub).withParent(TOP));
    project.put(TOP, project.inode(TOP).withParent(home));
    assertOnly(new Finding.WrongParent(sub, TOP, home), new Finding.WrongParent(TOP, home, TOP));
    assertMends();
  }

  @Test
  void check_danglingEntries_areMended() throws MetadataException {
    project.entry(home, "gone", 999, InodeItem.S_IFREG);
    project.entry(home, "goneDirectory", 998, InodeItem.S_IFDIR);
    project.put(home, project.inode(home).withNlink(4));
    assertOnly(
        new Finding.DanglingEntry(home, "gone".getBytes(UTF_8), 999, 8),
        new Finding.DanglingEntry(home, "goneDirectory".getBytes(UTF_8), 998, 4));
    assertMends();
    assertEquals(sub, entry(home, "sub").inode());
  }

  @Test
  void check_wrongEntryType_isMended() throws MetadataException {
    project.entry(home, "file", file, InodeItem.S_IFLNK);
    assertOnly(new Finding.WrongEntryType(home, "file".getBytes(UTF_8), file, 10, 8));
    assertMends();
    assertEquals(8, entry(home, "file").type());
  }

  @Test
  void check_entryTypeNoDirectory_isMended() throws MetadataException {
    project.entry(home, "sub", sub, InodeItem.S_IFREG);
    assertFalse(findings().isEmpty());
    assertMends();
    assertEquals(4, entry(home, "sub").type());
    assertEquals(sub, entry(home, "sub").inode());
  }

  @Test
  void check_directoryWithTwoEntries_losesOne() throws MetadataException {
    project.entry(TOP, "again", sub, InodeItem.S_IFDIR);
    project.put(TOP, project.inode(TOP).withNlink(4));
    project.entry(sub, "top", TOP, InodeItem.S_IFDIR);
    project.put(sub, project.inode(sub).withNlink(3));
    List<Finding> found = findings();
    assertEquals(2, found.stream().filter(Finding.ExtraDirectoryEntry.class::isInstance).count());
    assertMends();
  }

  @Test
  void check_directoriesInEachOther_comeToLostAndFound() throws MetadataException {
    long a = project.directory(home, "a");
    long b = project.directory(a, "b");
    long c = project.directory(b, "c");
    project.inlineFile(c, "precious", 3);
    project.set(name(home, "a"), null);
    project.put(home, project.inode(home).withNlink(3));
    project.entry(c, "a", a, InodeItem.S_IFDIR);
    project.put(c, project.inode(c).withNlink(3));
    project.put(a, project.inode(a).withParent(c));
    List<Finding> found = findings();
    assertEquals(1, found.size(), found.toString());
    assertTrue(found.getFirst() instanceof Finding.DirectoryLoop, found.toString());
    assertMends();
    assertEquals(4, entry(TOP, "lost+found").type());
  }

  @Test
  void check_unreachable_comeToLostAndFound() throws MetadataException {
    project.entry(TOP, "lost+found", file, InodeItem.S_IFREG);
    project.set(name(home, "file"), null);
    project.set(name(home, "sub"), null);
    project.set(name(sub, "link"), null);
    project.put(home, project.inode(home).withNlink(2));
    assertOnly(new Finding.Unreachable(sub, true), new Finding.Unreachable(link, false));
    assertMends();
    long lost = entry(TOP, "lost+found.1").inode();
    assertEquals(sub, entry(lost, "#" + sub).inode());
    assertEquals(link, entry(lost, "#" + link).inode());
    assertEquals(small, entry(sub, "small").inode());
    assertEquals(file, entry(TOP, "lost+found").inode());
  }

  @Test
  void check_lostAndFoundThatIsThere_isUsed() throws MetadataException {
    long lost = project.directory(TOP, "lost+found");
    project.inlineFile(lost, "#" + small, 4);
    project.set(name(sub, "small"), null);
    assertOnly(new Finding.Unreachable(small, false));
    assertMends();
    assertEquals(small, entry(lost, "#" + small + ".1").inode());
  }

  @Test
  void check_orphanRecords_areMended() throws MetadataException {
    project.set(Keys.orphan(orphan), null);
    project.set(Keys.orphan(777), new byte[0]);
    project.set(Keys.orphan(small), new byte[0]);
    assertOnly(
        new Finding.UnrecordedOrphan(orphan),
        new Finding.OrphanWithoutInode(777),
        new Finding.OrphanInUse(small));
    assertMends();
    assertNotNull(project.tree.view().get(Keys.orphan(orphan)));
  }

  @Test
  void check_wrongCounters_areMended() throws MetadataException {
    for (byte[] wrong :
        List.of(
            new CountersItem(2, project.counters().bytes(), project.counters().inodes()).encode(),
            new CountersItem(99, project.counters().bytes() + 1, project.counters().inodes())
                .encode(),
            new CountersItem(99, project.counters().bytes(), 0).encode(),
            new byte[3])) {
      project.set(Keys.counters(), wrong);
      assertTrue(findings().stream().anyMatch(Finding.WrongCounters.class::isInstance));
      assertMends();
    }
    project.tree.set(Keys.counters(), null);
    assertFalse(project.check(CheckOptions.QUICK).findings().isEmpty());
    assertMends();
  }

  @Test
  void check_moreFindingsThanListed_areCounted() throws MetadataException {
    for (int i = 0; i < 30; i++) {
      project.entry(home, "gone" + i, 1000 + i, InodeItem.S_IFREG);
    }
    CheckReport report = project.write().check(new CheckOptions(false, 10, 10));
    assertEquals(10, report.findings().size());
    assertEquals(20, report.unlisted());
  }

  @Test
  void repair_randomDamage_endsSoundOrSaysWhatIsLeft() throws MetadataException {
    for (long seed = 0; seed < 40; seed++) {
      SampleProject damaged = SampleProject.random(seed, 400).write();
      new RandomDamage(seed, damaged.tree).plant(1 + (int) (seed % 10));
      for (int round = 0; round < 6; round++) {
        CheckReport report = damaged.check(CheckOptions.QUICK);
        damaged.tree.apply(Repairs.plan(damaged.tree.view(), report, 5));
      }
      List<Finding> left = damaged.check(CheckOptions.QUICK).findings();
      assertTrue(
          left.stream()
              .allMatch(
                  finding -> !finding.isRepairable() || finding instanceof Finding.DanglingEntry),
          "seed " + seed + ": " + messages(left));
    }
  }
}
