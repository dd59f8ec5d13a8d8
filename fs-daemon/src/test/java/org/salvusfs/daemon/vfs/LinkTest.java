package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.LinkItem;
import org.salvusfs.metadata.sim.SimulatedMetadata;

/** Links between two projects of a mount, without a kernel. */
class LinkTest {
  private static final Caller ROOT = new Caller(0, 0, 1, 0);
  private static final ProjectId HOME = new ProjectId(new UUID(0x1111, 0xa));
  private static final ProjectId COURSE = new ProjectId(new UUID(0x2222, 0xb));
  private static final LinkItem NOTES = new LinkItem(COURSE, 1000, 1001, "kept/notes");
  private static final int WRITE = Posix.O_CREAT | Posix.O_RDWR | Posix.O_TRUNC;

  private final Map<ProjectId, ProjectRig> rigs = new HashMap<>();
  private final RigLinks source = new RigLinks(rigs);
  private final SimulatedMetadata catalogue = new SimulatedMetadata();
  private final ProjectRig course;
  private MountFileSystem mount;
  private Posix fs;

  /** What the kernel was told to forget. */
  private final Set<String> told = new TreeSet<>();

  private final ProjectFileSystem.Changes changes =
      new ProjectFileSystem.Changes() {
        @Override
        public void name(long directory, byte[] name) {
          told.add(Nodes.inode(directory) + "/" + new String(name, UTF_8));
        }

        @Override
        public void inode(long node) {
          told.add("#" + Nodes.inode(node));
        }
      };

  LinkTest() throws IOException {
    rigs.put(HOME, new ProjectRig(HOME));
    course = new ProjectRig(COURSE);
    rigs.put(COURSE, course);
    for (var each : Map.of("home", HOME, "course", COURSE).entrySet()) {
      var project = new Project(each.getValue(), each.getKey(), Durability.HOST, Instant.EPOCH);
      catalogue.projects().create(project);
    }
    mount = mount();
    fs = new VfsPosix(mount, ROOT, true);
  }

  private MountFileSystem mount() {
    return new MountFileSystem(
        catalogue.projects(),
        (project, known) -> home(project.id()).fs(),
        source,
        () -> 1L << 30,
        () -> 42,
        System::nanoTime);
  }

  private ProjectRig home(ProjectId id) {
    ProjectRig rig = rigs.get(id);
    if (rig == null) {
      throw new AssertionError("no rig of " + id);
    }
    return rig;
  }

  private ProjectRig home() {
    return home(HOME);
  }

  @BeforeEach
  void tree() throws Exception {
    fs.mkdir("course/kept", 0755);
    fs.mkdir("course/kept/notes", 0750);
    write("course/kept/secret", "not linked");
    write("course/kept/notes/text", "first");
    fs.mkdir("course/kept/notes/sub", 0700);
    write("course/kept/notes/sub/below", "below");
    fs.mkdir("home/dir", 0755);
    course.transactions().commit();
    home().fs().link(path("dir/shared"), NOTES, ProjectFileSystem.Changes.UNHEARD);
  }

  @AfterEach
  void close() throws Exception {
    for (ProjectRig each : rigs.values()) {
      each.check();
      each.close();
      each.open();
      each.check();
      each.close();
    }
  }

  private static List<byte[]> path(String path) {
    return Arrays.stream(path.split("/")).map(name -> name.getBytes(UTF_8)).toList();
  }

  private void write(String path, String text) throws FsException {
    int fd = fs.open(path, WRITE, 0644);
    fs.write(fd, 0, text.getBytes(UTF_8));
    fs.close(fd);
  }

  private String read(String path) throws FsException {
    int fd = fs.open(path, Posix.O_RDONLY, 0);
    var bytes = fs.read(fd, 0, 1000);
    fs.close(fd);
    return new String(bytes, UTF_8);
  }

  private Set<String> names(String path) throws FsException {
    var names = new TreeSet<>(fs.list(path).keySet());
    names.removeAll(Set.of(".", ".."));
    return names;
  }

  private interface Attempt {
    void run() throws FsException;
  }

  private static void assertErrno(Errno expected, Attempt attempt) {
    assertEquals(expected, assertThrows(FsException.class, attempt::run).errno());
  }

  @Test
  void link_showsTheDirectory_ownedByItsOwner() throws Exception {
    assertEquals(Set.of("text", "sub"), names("home/dir/shared"));
    assertEquals("first", read("home/dir/shared/text"));
    assertEquals("below", read("home/dir/shared/sub/below"));
    for (String each : List.of("", "/text", "/sub", "/sub/below")) {
      var stat = fs.stat("home/dir/shared" + each);
      assertEquals(List.of(1000, 1001), List.of(stat.uid(), stat.gid()), each);
      assertEquals(fs.stat("course/kept/notes" + each).mode(), stat.mode(), each);
    }
    assertEquals(fs.stat("home/dir").ino(), fs.stat("home/dir/shared/..").ino());
    assertEquals(fs.stat("home/dir/shared").ino(), fs.stat("home/dir/shared/sub/..").ino());
    assertEquals(Set.of("shared"), names("home/dir"));
    assertNotEquals(fs.stat("course/kept/notes/text").ino(), fs.stat("home/dir/shared/text").ino());
    assertErrno(Errno.ENOENT, () -> fs.stat("home/dir/shared/.snapshots"));
    assertErrno(Errno.ENOENT, () -> fs.stat("home/dir/shared/secret"));
  }

  @Test
  void everyChange_isRefused() throws Exception {
    assertErrno(Errno.EROFS, () -> write("home/dir/shared/new", "x"));
    assertErrno(Errno.EROFS, () -> write("home/dir/shared/text", "x"));
    assertErrno(Errno.EROFS, () -> fs.mkdir("home/dir/shared/new", 0755));
    assertErrno(Errno.EROFS, () -> fs.unlink("home/dir/shared/text"));
    assertErrno(Errno.EROFS, () -> fs.chmod("home/dir/shared", 0777));
    assertErrno(Errno.EROFS, () -> fs.setxattr("home/dir/shared/text", "user.a", new byte[1], 0));
    assertErrno(Errno.EXDEV, () -> fs.rename("home/dir/shared/text", "home/text", 0));
    assertErrno(Errno.EXDEV, () -> fs.link("home/dir/shared/text", "home/text"));
    // Whoever works past the mount, as an import does, cannot hide anything below it either.
    var project = home().fs();
    long dir = project.lookup(ROOT, 1, "dir".getBytes(UTF_8)).node();
    long at = project.lookup(ROOT, dir, "shared".getBytes(UTF_8)).node();
    assertErrno(Errno.EROFS, () -> project.mkdir(ROOT, at, "new".getBytes(UTF_8), 0755));
    project.forget(at, 1);
    project.forget(dir, 1);
    assertEquals("first", read("home/dir/shared/text"));
  }

  @Test
  void whatGivesRights_isLeftOut() throws Exception {
    String notes = "course/kept/notes/";
    fs.chmod(notes + "text", 06755);
    fs.mknod(notes + "disk", 0060666, 0x801);
    byte[] acl = {2, 0, 0, 0, 1, 0, 6, 0, -1, -1, -1, -1, 4, 0, 0, 0, -1, -1, -1, -1};
    fs.setxattr(notes + "text", "security.capability", new byte[20], 0);
    fs.setxattr(notes + "text", "trusted.a", acl, 0);
    fs.setxattr(notes + "text", "user.a", "b".getBytes(UTF_8), 0);
    course.transactions().commit();
    var text = fs.stat("home/dir/shared/text");
    assertEquals(0100755, text.mode());
    assertEquals("user.a\0", new String(fs.listxattr("home/dir/shared/text"), UTF_8));
    assertEquals("b", new String(fs.getxattr("home/dir/shared/text", "user.a"), UTF_8));
    assertErrno(Errno.ENODATA, () -> fs.getxattr("home/dir/shared/text", "security.capability"));
    var disk = fs.stat("home/dir/shared/disk");
    assertEquals(0060000, disk.mode());
    assertEquals(0, disk.rdev());
  }

  @Test
  void newCommit_isShown_andTheKernelIsToldTwice() throws Exception {
    // The rig deletes replaced nodes at once.
    try (var _ = course.transactions().pinRoot()) {
      showsNewCommit();
    }
  }

  private void showsNewCommit() throws Exception {
    // A kernel that keeps everything.
    long shared = node("home", "dir", "shared");
    long text = mount.lookup(ROOT, shared, "text".getBytes(UTF_8)).node();
    mount.lookAtLinks(changes);
    assertEquals(Set.of(), told);
    write("course/kept/notes/text", "second");
    fs.rename("course/kept/notes/sub/below", "course/kept/notes/up", 0);
    write("course/kept/other", "no business of the link");
    assertEquals("first", read("home/dir/shared/text"), "not committed");
    course.transactions().commit();
    assertEquals("second", read("home/dir/shared/text"));
    assertEquals(Set.of("text", "sub", "up"), names("home/dir/shared"));
    for (int look = 1; look <= 2; look++) {
      told.clear();
      mount.lookAtLinks(changes);
      assertEquals(Set.of("#0", "#" + Nodes.inode(text), "0/up"), told, "look " + look);
    }
    told.clear();
    mount.lookAtLinks(changes);
    assertEquals(Set.of(), told);
    mount.forget(text, 1);
    mount.forget(shared, 1);
  }

  private long node(String... names) throws FsException {
    long at = FileSystem.ROOT;
    for (String name : names) {
      at = mount.lookup(ROOT, at, name.getBytes(UTF_8)).node();
    }
    return at;
  }

  @Test
  void directoryThatGoes_isEmpty_untilItIsThereAgain() throws Exception {
    long before = node("home", "dir", "shared");
    mount.lookup(ROOT, before, "text".getBytes(UTF_8));
    fs.rename("course/kept/notes", "course/kept/away", 0);
    course.transactions().commit();
    mount.lookAtLinks(changes);
    assertTrue(told.contains("#0"), told.toString());
    assertErrno(Errno.ESTALE, () -> mount.getattr(before));
    assertEquals(Set.of(), names("home/dir/shared"));
    assertEquals(0040555, fs.stat("home/dir/shared").mode());
    assertEquals(1000, fs.stat("home/dir/shared").uid());
    assertErrno(Errno.ENOENT, () -> fs.stat("home/dir/shared/text"));
    fs.mkdir("course/kept/notes", 0755);
    write("course/kept/notes/other", "another one");
    course.transactions().commit();
    assertEquals(Set.of("other"), names("home/dir/shared"));
  }

  @Test
  void deletedProject_isShownEmpty_andAgainWhenItIsBroughtBack() throws Exception {
    long shared = node("home", "dir", "shared");
    source.gone.add(COURSE);
    mount.lookAtLinks(changes);
    assertErrno(Errno.ESTALE, () -> mount.getattr(shared));
    assertEquals(Set.of(), names("home/dir/shared"));
    assertErrno(Errno.EROFS, () -> fs.mkdir("home/dir/shared/new", 0755));
    source.gone.clear();
    mount.lookAtLinks(changes);
    assertEquals("first", read("home/dir/shared/text"));
  }

  @Test
  void treeThatIsTooOldToCompare_isForgottenAsAWhole() throws Exception {
    long shared = node("home", "dir", "shared");
    write("course/kept/notes/text", "second");
    course.transactions().commit();
    source.forgetsTrees = true;
    mount.lookAtLinks(changes);
    assertEquals(Set.of("#0"), told);
    assertErrno(Errno.ESTALE, () -> mount.getattr(shared));
    assertEquals("second", read("home/dir/shared/text"));
  }

  @Test
  void linkInALinkedDirectory_leadsNowhere() throws Exception {
    course
        .fs()
        .link(
            path("kept/notes/back"),
            new LinkItem(HOME, 0, 0, ""),
            ProjectFileSystem.Changes.UNHEARD);
    assertTrue(names("course/kept/notes/back").contains("dir"));
    assertEquals(Set.of(), names("home/dir/shared/back"));
    assertEquals(0, fs.stat("home/dir/shared/back").rdev());
  }

  @Test
  void link_movesAndGoesLikeAnEmptyDirectory_andIsListed() throws Exception {
    assertEquals(List.of(new ProjectFileSystem.Link("dir/shared", NOTES)), home().fs().links());
    fs.rename("home/dir/shared", "home/moved", 0);
    assertEquals("moved", home().fs().links().getFirst().path());
    assertEquals("first", read("home/moved/text"));
    fs.rmdir("home/moved");
    assertEquals(List.of(), home().fs().links());
    assertErrno(Errno.ENOENT, () -> fs.stat("home/moved"));
    fs.mkdir("home/moved", 0755);
    assertEquals(Set.of(), names("home/moved"));
    assertEquals(0, fs.stat("home/moved").uid());
  }

  @Test
  void unlink_takesOnlyLinks_andWhatItShowedIsStale() throws Exception {
    long shared = node("home", "dir", "shared");
    var e =
        assertThrows(
            FsException.class,
            () -> home().fs().unlink(path("dir"), ProjectFileSystem.Changes.UNHEARD));
    assertEquals("EINVAL: \"dir\" is no link", e.getMessage());
    long at = home().fs().unlink(path("dir/shared"), changes);
    assertEquals(List.of(shared), mount.leave(HOME, at));
    assertErrno(Errno.ESTALE, () -> mount.getattr(shared));
    assertEquals(Set.of(), names("home/dir"));
    assertTrue(told.stream().anyMatch(each -> each.endsWith("/shared")), told.toString());
    home().transactions().commit();
    assertEquals(List.of(), home().fs().links());
  }

  @Test
  void takenName_andMissingDirectory_areRefused() throws Exception {
    for (String to : List.of("dir/shared", "dir/.snapshots", "dir/shared/x", "none/x")) {
      assertThrows(
          FsException.class,
          () -> home().fs().link(path(to), NOTES, ProjectFileSystem.Changes.UNHEARD),
          to);
    }
    assertEquals(1, home().fs().links().size());
  }

  @Test
  void link_survivesACrash_andCountsAsADirectory() throws Exception {
    assertEquals(3, home().usage().inodes());
    assertEquals(0, home().usage().bytes());
    home().crash();
    mount = mount();
    fs = new VfsPosix(mount, ROOT, true);
    assertEquals("first", read("home/dir/shared/text"));
  }

  @Test
  void snapshotsAndCopies_haveAnEmptyDirectoryInstead() throws Exception {
    home().snapshot("one");
    assertEquals(Set.of("shared"), names("home/.snapshots/one/dir"));
    assertEquals(Set.of(), names("home/.snapshots/one/dir/shared"));
    var view = home().tree().view(Objects.requireNonNull(source.root(HOME)));
    course
        .fs()
        .copy(
            new StoredTree(home().fs(), view, path("dir")),
            path("copied"),
            false,
            ".hidden".getBytes(UTF_8),
            entries -> {},
            ProjectFileSystem.Changes.UNHEARD);
    assertEquals(Set.of(), names("course/copied/shared"));
    assertEquals(List.of(), course.fs().links());
    fs.mkdir("course/copied/shared/new", 0755);
  }

  @Test
  void noAttribute_makesADirectoryALink() throws Exception {
    fs.mkdir("home/mine", 0755);
    byte[] link = new LinkItem(COURSE, 0, 0, "").encode();
    for (String name : List.of("user.link", "trusted.link", "security.link")) {
      fs.setxattr("home/mine", name, link, 0);
    }
    assertErrno(Errno.EOPNOTSUPP, () -> fs.setxattr("home/mine", "system.link", link, 0));
    assertEquals(Set.of(), names("home/mine"));
    assertEquals(1, home().fs().links().size());
    assertFalse(home().fs().links().getFirst().path().contains("mine"));
  }

  @Test
  void handOver_goesOnWithWhatTheKernelKnows() throws Exception {
    try (var _ = course.transactions().pinRoot()) {
      goesOn();
    }
  }

  private void goesOn() throws Exception {
    long shared = node("home", "dir", "shared");
    long text = mount.lookup(ROOT, shared, "text".getBytes(UTF_8)).node();
    long stream = mount.opendir(ROOT, shared);
    MountState state = mount.state();
    mount.destroy();
    write("course/kept/notes/text", "later");
    course.transactions().commit();
    mount = mount();
    mount.restore(state);
    fs = new VfsPosix(mount, ROOT, true);
    assertEquals(shared, mount.lookup(ROOT, shared, ".".getBytes(UTF_8)).node());
    var names = new ArrayList<String>();
    mount.readdir(
        shared,
        stream,
        0,
        true,
        (name, ino, type, cookie, attr) -> names.add(new String(name, UTF_8)));
    assertTrue(names.contains("text"), names.toString());
    var into = ByteBuffer.allocate(9);
    assertEquals(5, mount.read(text, 0, 0, into, 0));
    mount.lookAtLinks(changes);
    assertEquals(Set.of("#" + Nodes.inode(text)), told, "what changed between the daemons");
  }
}
