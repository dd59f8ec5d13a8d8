package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.txg.Snapshots;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

final class MountFileSystemTest {
  private static final Caller ROOT = new Caller(0, 0, 1, 0);
  private static final long TOP = FileSystem.ROOT;
  private static final ProjectId ALPHA = new ProjectId(new UUID(0x1111, 0xa));
  private static final ProjectId BETA = new ProjectId(new UUID(0x2222, 0xb));
  private static final ProjectId BROKEN = new ProjectId(new UUID(0x3333, 0xc));

  private final Map<ProjectId, ProjectRig> rigs = new HashMap<>();
  private final MountFileSystem fs;
  private int openings;
  private long time = 42;

  private final SimulatedMetadata catalogue = new SimulatedMetadata();

  MountFileSystemTest() throws IOException {
    Map<String, ProjectId> names = Map.of("alpha", ALPHA, "beta", BETA, "broken", BROKEN);
    for (var each : names.entrySet()) {
      catalogue
          .projects()
          .create(new Project(each.getValue(), each.getKey(), Durability.HOST, Instant.EPOCH));
    }
    fs = mount();
  }

  private MountFileSystem mount() {
    return new MountFileSystem(
        catalogue.projects(),
        this::open,
        new RigLinks(rigs),
        () -> 1L << 30,
        () -> time++,
        System::nanoTime);
  }

  private ProjectFileSystem open(Project project, ProjectState known) throws IOException {
    if (project.id().equals(BROKEN)) {
      throw new MetadataException.Unavailable("held elsewhere");
    }
    openings++;
    ProjectRig before = rigs.get(project.id());
    if (before == null) {
      before = new ProjectRig(project.id());
      rigs.put(project.id(), before);
    } else {
      before.open(known);
    }
    return before.fs();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private Attr lookup(String name) throws FsException {
    return fs.lookup(ROOT, TOP, bytes(name));
  }

  private interface Attempt {
    void run() throws FsException;
  }

  private static void assertErrno(Errno expected, Attempt attempt) {
    assertEquals(expected, assertThrows(FsException.class, attempt::run).errno());
  }

  @Test
  void lookup_byNameAndId_opensProjectOnce() throws FsException {
    long byName = lookup("alpha").node();
    assertEquals(byName, lookup(ALPHA.toString()).node());
    assertEquals(1, openings);
    assertNotEquals(byName, lookup("beta").node());
    assertErrno(Errno.ENOENT, () -> lookup("gamma"));
    assertErrno(Errno.ENOENT, () -> fs.lookup(ROOT, TOP, new byte[] {(byte) 0xff}));
  }

  @Test
  void lookup_ofProjectThatCannotBeOpened_failsWithIoError() {
    assertErrno(Errno.EIO, () -> lookup("broken"));
  }

  @Test
  void readdir_listsNamesWithTheirInodeNumbers() throws FsException {
    long handle = fs.opendir(ROOT, TOP);
    var inos = new TreeMap<String, Long>();
    fs.readdir(
        TOP,
        handle,
        0,
        true,
        (name, ino, type, cookie, attr) -> {
          inos.put(new String(name, UTF_8), ino);
          return true;
        });
    fs.releasedir(TOP, handle);
    assertEquals(List.of(".", "..", "alpha", "beta", "broken"), List.copyOf(inos.keySet()));
    assertEquals(0, openings);
    assertEquals(lookup("alpha").ino(), inos.get("alpha"));
  }

  @Test
  void topDirectory_isReadOnly() throws FsException {
    assertErrno(Errno.EROFS, () -> fs.mkdir(ROOT, TOP, bytes("x"), 0755));
    assertErrno(Errno.EROFS, () -> fs.create(ROOT, TOP, bytes("x"), 0644, 0));
    assertErrno(Errno.EROFS, () -> fs.rmdir(ROOT, TOP, bytes("alpha")));
    assertErrno(Errno.EROFS, () -> fs.rename(ROOT, TOP, bytes("alpha"), TOP, bytes("x"), 0));
    assertErrno(Errno.ENODATA, () -> fs.getxattr(TOP, bytes("user.x")));
    assertEquals(0, fs.listxattr(TOP).length);
    assertEquals(1L << 18, fs.statfs(TOP).blocksFree());
  }

  @Test
  void operationsAcrossProjects_failCrossDevice() throws FsException {
    long alpha = lookup("alpha").node();
    long beta = lookup("beta").node();
    long file = fs.create(ROOT, alpha, bytes("f"), 0644, 0).attr().node();
    long other = fs.create(ROOT, beta, bytes("f"), 0644, 0).attr().node();
    assertErrno(Errno.EXDEV, () -> fs.rename(ROOT, alpha, bytes("f"), beta, bytes("g"), 0));
    assertErrno(Errno.EXDEV, () -> fs.link(ROOT, file, beta, bytes("g")));
    assertErrno(Errno.EXDEV, () -> fs.copyFileRange(ROOT, file, 0, other, 0, 10));
    assertNotEquals(fs.getattr(file).ino(), fs.getattr(other).ino());
  }

  @Test
  void nodes_leadBackToTheirProject() throws Exception {
    long alpha = lookup("alpha").node();
    long directory = fs.mkdir(ROOT, alpha, bytes("d"), 0755).node();
    long file = fs.create(ROOT, directory, bytes("f"), 0644, 0).attr().node();
    assertEquals(file, fs.lookup(ROOT, directory, bytes("f")).node());
    assertEquals(alpha, fs.lookup(ROOT, directory, bytes("..")).node());
    assertEquals(TOP, fs.lookup(ROOT, alpha, bytes("..")).node());
    fs.unlink(ROOT, directory, bytes("f"));
    fs.forget(file, 2);
    fs.forget(directory, 1);
    ProjectRig rig = Objects.requireNonNull(rigs.get(ALPHA));
    assertEquals(0, rig.fs().orphansInUse());
    rig.check();
    fs.destroy();
    assertEquals(false, rig.transactions().isDirty());
  }

  @Test
  void restore_ofAnothersState_goesOnWithAllThatTheKernelKnows() throws Exception {
    lookup("beta");
    long alpha = lookup("alpha").node();
    for (String name : List.of("a", "b", "c")) {
      fs.mkdir(ROOT, alpha, bytes(name), 0755);
    }
    long file = fs.create(ROOT, alpha, bytes("gone"), 0644, 0).attr().node();
    fs.write(ROOT, file, 0, 0, ByteBuffer.wrap(bytes("kept")), 0, false);
    fs.unlink(ROOT, alpha, bytes("gone"));
    long unnamed = fs.tmpfile(ROOT, alpha, 0600, 0).attr().node();
    long stream = fs.opendir(ROOT, alpha);
    var first = new ArrayList<String>();
    fs.readdir(alpha, stream, 0, false, upTo(3, first));
    long top = fs.opendir(ROOT, TOP);
    long topTime = fs.getattr(TOP).item().mtimeNanos();
    MountState state = fs.state();
    fs.destroy();
    for (ProjectRig rig : rigs.values()) {
      rig.close();
    }

    MountFileSystem next = mount();
    next.restore(state);
    assertEquals(alpha, next.lookup(ROOT, TOP, bytes("alpha")).node());
    assertEquals(topTime, next.getattr(TOP).item().mtimeNanos());
    var rest = new ArrayList<String>();
    next.readdir(alpha, stream, 3, false, upTo(9, rest));
    assertEquals(List.of(".", "..", "a"), first);
    assertEquals(List.of("b", "c"), rest);
    assertTrue(next.opendir(ROOT, alpha) > stream);
    var names = new ArrayList<String>();
    next.readdir(TOP, top, 2, false, upTo(9, names));
    assertEquals(List.of("alpha", "beta", "broken"), names);
    var into = ByteBuffer.allocate(9);
    assertEquals(4, next.read(file, 0, 0, into, 0));
    ProjectRig rig = Objects.requireNonNull(rigs.get(ALPHA));
    assertEquals(2, rig.fs().orphansInUse());
    assertErrno(Errno.ENOENT, () -> next.link(ROOT, file, alpha, bytes("again")));
    assertEquals(1, next.link(ROOT, unnamed, alpha, bytes("named")).item().nlink());
    next.forget(file, 1);
    assertEquals(0, rig.fs().orphansInUse());
    rig.check();
  }

  private static DirSink upTo(int count, List<String> names) {
    return (name, ino, type, cookie, attr) ->
        names.size() < count && names.add(new String(name, UTF_8));
  }

  @Test
  void readdir_ofProject_showsTheMountAbove() throws FsException {
    long alpha = lookup("alpha").node();
    fs.mkdir(ROOT, alpha, bytes("d"), 0755);
    var inos = new TreeMap<String, Long>();
    long handle = fs.opendir(ROOT, alpha);
    fs.readdir(
        alpha,
        handle,
        0,
        true,
        (name, ino, type, cookie, attr) -> {
          inos.put(new String(name, UTF_8), ino);
          if (attr != null) {
            assertEquals(Nodes.ordinal(alpha), Nodes.ordinal(attr.node()));
          }
          return true;
        });
    assertEquals(TOP, inos.get(".."));
    assertEquals(lookup("alpha").ino(), inos.get("."));
  }

  /** A project with a file, and the same in a snapshot "one" before both changed. */
  private long changedSinceSnapshot() throws Exception {
    long alpha = lookup("alpha").node();
    long directory = fs.mkdir(ROOT, alpha, bytes("d"), 0750).node();
    long file = fs.create(new Caller(7, 8, 1, 0), directory, bytes("f"), 0640, 0).attr().node();
    fs.write(ROOT, file, 0, 0, ByteBuffer.wrap(bytes("then")), 0, false);
    fs.setxattr(ROOT, file, bytes("user.x"), bytes("value"), 0);
    fs.symlink(ROOT, directory, bytes("s"), bytes("target"));
    rig().snapshot("one");
    fs.write(ROOT, file, 0, 0, ByteBuffer.wrap(bytes("now!")), 0, false);
    fs.unlink(ROOT, directory, bytes("s"));
    fs.create(ROOT, directory, bytes("new"), 0644, 0);
    return directory;
  }

  private ProjectRig rig() {
    return Objects.requireNonNull(rigs.get(ALPHA));
  }

  private long walk(long from, String... names) throws FsException {
    long node = from;
    for (String name : names) {
      node = fs.lookup(ROOT, node, bytes(name)).node();
    }
    return node;
  }

  private List<String> list(long node) throws FsException {
    var names = new ArrayList<String>();
    long handle = fs.opendir(ROOT, node);
    fs.readdir(node, handle, 0, false, upTo(1000, names));
    fs.releasedir(node, handle);
    return names.subList(2, names.size());
  }

  private String read(long node) throws FsException {
    var into = ByteBuffer.allocate(100);
    fs.read(node, fs.open(ROOT, node, 0), 0, into, 0);
    return new String(into.array(), 0, into.position(), UTF_8);
  }

  @Test
  void snapshot_showsWhatWasThere_withOwnersAndAttributes() throws Exception {
    long directory = changedSinceSnapshot();
    long alpha = lookup("alpha").node();
    long past = walk(alpha, ".snapshots", "one", "d");
    assertEquals(List.of("f", "s"), list(past));
    Attr then = fs.lookup(ROOT, past, bytes("f"));
    assertEquals("then", read(then.node()));
    assertEquals("now!", read(walk(directory, "f")));
    assertEquals(7, then.item().uid());
    assertEquals(0100640, then.item().mode());
    assertNotEquals(fs.getattr(walk(directory, "f")).ino(), then.ino());
    assertEquals("value", new String(fs.getxattr(then.node(), bytes("user.x")), UTF_8));
    assertEquals("target", new String(fs.readlink(walk(past, "s")), UTF_8));
    assertEquals(past, walk(past, "."));
    assertEquals(walk(alpha, ".snapshots", "one"), walk(past, ".."));
    assertEquals(walk(alpha, ".snapshots"), walk(past, "..", ".."));
    assertEquals(alpha, walk(past, "..", "..", ".."));
  }

  @Test
  void snapshots_ofAnyDirectory_areFoundButNotListed() throws Exception {
    long directory = changedSinceSnapshot();
    long alpha = lookup("alpha").node();
    long later = fs.mkdir(ROOT, alpha, bytes("later"), 0755).node();
    assertEquals(List.of("d", "later"), list(alpha));
    assertEquals(List.of("one"), list(walk(alpha, ".snapshots")));
    assertEquals(List.of("one"), list(walk(directory, ".snapshots")));
    assertEquals(List.of(), list(walk(later, ".snapshots")));
    assertErrno(Errno.ENOENT, () -> walk(later, ".snapshots", "one"));
    long past = walk(directory, ".snapshots", "one");
    assertNotEquals(walk(alpha, ".snapshots", "one", "d"), past);
    assertEquals(fs.getattr(walk(alpha, ".snapshots", "one", "d")).ino(), fs.getattr(past).ino());
    assertEquals(List.of("f", "s"), list(past));
    assertEquals(walk(directory, ".snapshots"), walk(past, ".."));
    assertErrno(Errno.ENOENT, () -> walk(past, ".snapshots"));
    assertErrno(Errno.ENOENT, () -> walk(alpha, ".snapshots", ".snapshots"));
    assertErrno(Errno.ENOENT, () -> walk(alpha, ".snapshots", "two"));
    assertTrue(fs.namesAppear(TOP) && fs.namesAppear(walk(directory, ".snapshots")));
    assertFalse(fs.namesAppear(alpha) || fs.namesAppear(past));
  }

  @Test
  void snapshot_isReadOnly() throws Exception {
    changedSinceSnapshot();
    long alpha = lookup("alpha").node();
    long all = walk(alpha, ".snapshots");
    long past = walk(all, "one", "d");
    long file = walk(past, "f");
    for (long directory : new long[] {all, past}) {
      assertErrno(Errno.EROFS, () -> fs.mkdir(ROOT, directory, bytes("x"), 0755));
      assertErrno(Errno.EROFS, () -> fs.create(ROOT, directory, bytes("x"), 0644, 0));
      assertErrno(Errno.EROFS, () -> fs.unlink(ROOT, directory, bytes("f")));
      assertErrno(Errno.EROFS, () -> fs.rmdir(ROOT, directory, bytes("one")));
      assertErrno(
          Errno.EROFS, () -> fs.rename(ROOT, directory, bytes("f"), directory, bytes("g"), 0));
      assertErrno(Errno.EXDEV, () -> fs.rename(ROOT, directory, bytes("f"), alpha, bytes("g"), 0));
    }
    assertErrno(Errno.EROFS, () -> fs.open(ROOT, file, 1));
    assertErrno(Errno.EROFS, () -> fs.open(ROOT, file, Linux.O_TRUNC));
    assertErrno(
        Errno.EROFS, () -> fs.write(ROOT, file, 0, 0, ByteBuffer.wrap(bytes("x")), 0, false));
    assertErrno(
        Errno.EROFS,
        () -> fs.setattr(ROOT, file, new SetAttr(0777, null, null, null, null, null, null, false)));
    assertErrno(Errno.EROFS, () -> fs.setxattr(ROOT, file, bytes("user.y"), bytes(""), 0));
    assertErrno(Errno.EXDEV, () -> fs.link(ROOT, file, alpha, bytes("g")));
    assertEquals("then", read(file));
  }

  @Test
  void copyFileRange_outOfASnapshot_bringsBackWhatWas() throws Exception {
    long alpha = lookup("alpha").node();
    byte[] then = new byte[20_000];
    new Random(3).nextBytes(then);
    long file = fs.create(ROOT, alpha, bytes("f"), 0644, 0).attr().node();
    fs.write(ROOT, file, 0, 0, ByteBuffer.wrap(then), 0, false);
    rig().snapshot("one");
    fs.write(ROOT, file, 0, 0, ByteBuffer.wrap(new byte[10_000]), 0, false);
    long past = walk(alpha, ".snapshots", "one", "f");
    int stored = rig().chunks.count();
    assertEquals(20_000, fs.copyFileRange(ROOT, past, 0, file, 0, 100_000));
    rig().transactions().commit();
    assertEquals(stored, rig().chunks.count());
    long copy = fs.create(ROOT, alpha, bytes("g"), 0644, 0).attr().node();
    assertEquals(15_000, fs.copyFileRange(ROOT, past, 5_000, copy, 1_000, 15_000));
    assertEquals(0, fs.copyFileRange(ROOT, past, 20_000, copy, 0, 10));
    var into = ByteBuffer.allocate(30_000);
    assertEquals(20_000, fs.read(file, 0, 0, into, 0));
    assertArrayEquals(then, Arrays.copyOf(into.array(), 20_000));
    assertEquals(16_000, fs.read(copy, 0, 0, into.clear(), 0));
    assertArrayEquals(
        Arrays.copyOfRange(then, 5_000, 20_000), Arrays.copyOfRange(into.array(), 1_000, 16_000));
    assertErrno(Errno.EXDEV, () -> fs.copyFileRange(ROOT, file, 0, past, 0, 10));
    rig().check();
  }

  @Test
  void replace_byAnEarlierState_keepsWhatIsStillThereAndMakesTheRestStale() throws Exception {
    long directory = changedSinceSnapshot();
    long file = walk(directory, "f");
    long added = walk(directory, "new");
    long gone = fs.create(ROOT, directory, bytes("gone"), 0644, 0).attr().node();
    fs.unlink(ROOT, directory, bytes("gone"));
    long alpha = lookup("alpha").node();
    var one = Objects.requireNonNull(rig().metadata.snapshots().find(ALPHA, "one"));
    var done =
        rig()
            .fs()
            .replace(
                () ->
                    rig()
                        .transactions()
                        .snapshots()
                        .rollBack(one.created(), "before", "", Instant.ofEpochMilli(2000)));
    assertTrue(done instanceof Snapshots.RolledBack.Done, done.toString());
    assertEquals("then", read(file));
    assertEquals(List.of("f", "s"), list(directory));
    assertErrno(Errno.ESTALE, () -> fs.getattr(added));
    assertErrno(Errno.ESTALE, () -> read(gone));
    assertEquals(0, rig().fs().orphansInUse());
    fs.forget(gone, 1);
    fs.forget(added, 2);
    assertEquals(alpha, fs.nodeInUse(ALPHA, Keys.ROOT_INODE));
    assertEquals(file, fs.nodeInUse(ALPHA, Nodes.inode(file)));
    assertEquals(0, fs.nodeInUse(ALPHA, 1 << 20));
    fs.write(ROOT, file, 0, 0, ByteBuffer.wrap(bytes("more")), 0, false);
    assertEquals("now!", read(walk(alpha, ".snapshots", "before", "d", "f")));
    assertEquals(List.of("f", "new"), list(walk(directory, ".snapshots", "before")));
    rig().check();
  }

  @Test
  void nameOfSnapshots_cannotBeTakenRemovedOrMoved() throws Exception {
    long alpha = lookup("alpha").node();
    byte[] name = bytes(".snapshots");
    fs.create(ROOT, alpha, bytes("f"), 0644, 0);
    assertErrno(Errno.EEXIST, () -> fs.mkdir(ROOT, alpha, name, 0755));
    assertErrno(Errno.EEXIST, () -> fs.symlink(ROOT, alpha, name, bytes("x")));
    assertErrno(Errno.EEXIST, () -> fs.create(ROOT, alpha, name, 0644, Linux.O_EXCL));
    assertErrno(Errno.EISDIR, () -> fs.create(ROOT, alpha, name, 0644, 0));
    assertErrno(Errno.EEXIST, () -> fs.rename(ROOT, alpha, bytes("f"), alpha, name, 0));
    assertErrno(Errno.EROFS, () -> fs.rmdir(ROOT, alpha, name));
    assertErrno(Errno.EROFS, () -> fs.unlink(ROOT, alpha, name));
    assertErrno(Errno.EROFS, () -> fs.rename(ROOT, alpha, name, alpha, bytes("g"), 0));
    rig().check();
  }

  @Test
  void entryOfThatName_fromBefore_isShownAndCanBeMovedAway() throws Exception {
    long alpha = lookup("alpha").node();
    long old = fs.create(ROOT, alpha, bytes("old"), 0644, 0).attr().node();
    try (Tx tx = rig().transactions().begin(TxKind.NAMESPACE)) {
      tx.delete(Keys.dirent(Keys.ROOT_INODE, bytes("old")));
      tx.put(
          Keys.dirent(Keys.ROOT_INODE, bytes(".snapshots")),
          new DirentItem(Nodes.inode(old), 8).encode());
      tx.apply();
    }
    assertEquals(List.of(".snapshots"), list(alpha));
    assertEquals(old, walk(alpha, ".snapshots"));
    assertEquals(old, fs.create(ROOT, alpha, bytes(".snapshots"), 0644, 0).attr().node());
    fs.rename(ROOT, alpha, bytes(".snapshots"), alpha, bytes("mine"), 0);
    assertEquals(old, walk(alpha, "mine"));
    assertNotEquals(old, walk(alpha, ".snapshots"));
    rig().check();
  }

  @Test
  void leave_ofADeletedSnapshot_makesItsNodesStaleAndNamesTheDirectories() throws Exception {
    long directory = changedSinceSnapshot();
    long alpha = lookup("alpha").node();
    long file = walk(alpha, ".snapshots", "one", "d", "f");
    long here = walk(directory, ".snapshots", "one");
    var snapshot = Objects.requireNonNull(rig().metadata.snapshots().find(ALPHA, "one"));
    assertEquals(
        Set.of(walk(alpha, ".snapshots"), walk(directory, ".snapshots")),
        Set.copyOf(fs.leave(ALPHA, snapshot.created())));
    assertErrno(Errno.ESTALE, () -> fs.getattr(file));
    assertErrno(Errno.ESTALE, () -> list(here));
    fs.forget(file, 1);
    // It still has a row, as for a lookup that found it just before it was deleted.
    assertErrno(Errno.ENOENT, () -> walk(alpha, ".snapshots", "one"));
    assertEquals(
        SnapshotStore.Deletion.DELETING,
        rig().transactions().snapshots().delete(snapshot.created()));
    assertErrno(Errno.ENOENT, () -> walk(alpha, ".snapshots", "one"));
    assertEquals(List.of(), list(walk(alpha, ".snapshots")));
  }

  @Test
  void forgottenSnapshot_isEnteredAnewUnderAnotherNode() throws Exception {
    changedSinceSnapshot();
    long alpha = lookup("alpha").node();
    long past = walk(alpha, ".snapshots", "one");
    long file = walk(past, "d", "f");
    assertEquals(past, walk(alpha, ".snapshots", "one"));
    fs.forget(past, 2);
    fs.forget(walk(past, "d"), 2);
    assertEquals("then", read(file));
    fs.forget(file, 1);
    assertErrno(Errno.ESTALE, () -> fs.getattr(past));
    assertNotEquals(past, walk(alpha, ".snapshots", "one"));
  }

  @Test
  void restore_withSnapshotsInUse_goesOn() throws Exception {
    long directory = changedSinceSnapshot();
    long alpha = lookup("alpha").node();
    lookup("beta");
    long all = walk(alpha, ".snapshots");
    long past = walk(all, "one", "d");
    long file = walk(past, "f");
    long here = walk(directory, ".snapshots", "one");
    long stream = fs.opendir(ROOT, past);
    var first = new ArrayList<String>();
    fs.readdir(past, stream, 0, false, upTo(3, first));
    long listing = fs.opendir(ROOT, all);
    MountState state = fs.state();
    fs.destroy();
    for (ProjectRig rig : rigs.values()) {
      rig.close();
    }

    MountFileSystem next = mount();
    next.restore(state);
    var rest = new ArrayList<String>();
    next.readdir(past, stream, 3, false, upTo(9, rest));
    assertEquals(List.of("s"), rest);
    var names = new ArrayList<String>();
    next.readdir(all, listing, 2, false, upTo(9, names));
    assertEquals(List.of("one"), names);
    assertEquals(4, next.read(file, 0, 0, ByteBuffer.allocate(9), 0));
    assertEquals(here, next.lookup(ROOT, walkIn(next, directory), bytes("one")).node());
    assertEquals(here, next.lookup(ROOT, here, bytes(".")).node());
    next.forget(file, 1);
    assertEquals(file, next.lookup(ROOT, past, bytes("f")).node());
  }

  private static long walkIn(MountFileSystem in, long directory) throws FsException {
    return in.lookup(ROOT, directory, bytes(".snapshots")).node();
  }
}
