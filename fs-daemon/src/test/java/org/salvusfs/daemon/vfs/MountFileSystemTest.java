package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.sim.SimulatedMetadata;

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
        catalogue.projects(), this::open, () -> 1L << 30, () -> time++, System::nanoTime);
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
    assertErrno(Errno.EXDEV, () -> fs.copyFileRange(file, 0, other, 0, 10));
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
    fs.write(file, 0, 0, ByteBuffer.wrap(bytes("kept")), 0, false);
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
}
