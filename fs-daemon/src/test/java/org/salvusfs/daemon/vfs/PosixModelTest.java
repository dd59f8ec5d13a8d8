package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Random operations on a project and on the machine's own filesystem: results, errnos, attributes,
 * listings and contents are the same, across commits, reopenings and crashes after a commit.
 */
@EnabledIf("isRoot")
final class PosixModelTest {
  private static final int FILE_BYTES_MAX = 200_000;
  private static final int OPEN_MAX = 6;
  private static final String[] NAMES = {"a", "b", "c", "d"};

  @TempDir Path directory = Path.of("unset");

  /** Owners and trusted attributes need root. */
  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private interface Operation {
    Object run(Posix fs, int side) throws FsException;
  }

  /** A descriptor of each side. */
  private record Pair(int[] fds, boolean appends) {}

  private Random random = new Random(0);
  private Posix model = new LibcPosix(directory);
  private Posix subject = model;
  private final List<Pair> open = new ArrayList<>();
  private int step;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomOperations_behaveAsOnTheLocalFileSystem(long seed) throws Exception {
    compare(seed, 50_000);
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void manyRandomOperations_behaveAsOnTheLocalFileSystem(long seed) throws Exception {
    compare(seed, 55_000);
  }

  private void compare(long seed, int operations) throws Exception {
    random = new Random(seed);
    model = new LibcPosix(Files.createDirectory(directory.resolve("model" + seed)));
    try (var rig = new ProjectRig()) {
      subject = rig.posix();
      for (step = 0; step < operations; step++) {
        try {
          operate();
          maintain(rig);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
        }
      }
      closeAll();
      compareTree("");
      rig.check();
      assertEquals(0, rig.fs().inodesInUse());
      assertEquals(0, rig.fs().orphansInUse());
    }
  }

  private void maintain(ProjectRig rig) throws IOException, FsException {
    if (random.nextInt(1000) == 0) {
      rig.transactions().commit();
    }
    if (step % 5000 == 4999) {
      compareTree("");
      rig.check();
    }
    if (step % 10_000 == 9_999) {
      if (random.nextBoolean()) {
        closeAll();
        rig.close();
        rig.open();
        subject = rig.posix();
      } else {
        rig.transactions().commit();
        rig.crash();
        subject = rig.posix();
        closeAll();
        assertEquals(null, firstOrphan(rig), "orphans are reclaimed at opening");
      }
      compareTree("");
      rig.check();
    }
  }

  private static @org.jspecify.annotations.Nullable Long firstOrphan(ProjectRig rig)
      throws IOException {
    var orphans =
        rig.transactions().view().scan(Keys.first(0, Keys.ORPHAN), Keys.end(0, Keys.ORPHAN));
    return orphans.next() ? Keys.suffixLong(orphans.key()) : null;
  }

  private void closeAll() {
    for (Pair pair : open) {
      model.close(pair.fds()[0]);
      subject.close(pair.fds()[1]);
    }
    open.clear();
  }

  private String path() {
    int depth = 1 + random.nextInt(3);
    var names = new String[depth];
    for (int i = 0; i < depth; i++) {
      names[i] = NAMES[random.nextInt(NAMES.length)];
    }
    return String.join("/", names);
  }

  private int pick(int... of) {
    return of[random.nextInt(of.length)];
  }

  private void operate() {
    String path = path();
    String other = path();
    switch (random.nextInt(32)) {
      case 0, 1 -> {
        int mode = pick(0755, 0700, 01755);
        both("mkdir " + path, (fs, side) -> done(() -> fs.mkdir(path, mode)));
      }
      case 2 -> both("rmdir " + path, (fs, side) -> done(() -> fs.rmdir(path)));
      case 3, 4 -> both("unlink " + path, (fs, side) -> done(() -> fs.unlink(path)));
      case 5, 6, 7 -> {
        int flags = pick(0, 0, 0, 1, 2, 2);
        both(
            "rename " + path + " " + other + " " + flags,
            (fs, side) -> done(() -> fs.rename(path, other, flags)));
        compareStat(other);
      }
      case 8 -> {
        both("link " + path + " " + other, (fs, side) -> done(() -> fs.link(path, other)));
        compareStat(other);
      }
      case 9 -> {
        String target = random.nextBoolean() ? "dangling/x" : other;
        both("symlink " + path, (fs, side) -> done(() -> fs.symlink(target, path)));
        both("readlink " + path, (fs, side) -> fs.readlink(path));
      }
      case 10 ->
          both(
              "mknod " + path,
              (fs, side) -> done(() -> fs.mknod(path, InodeItem.S_IFSOCK | 0640, 0)));
      case 11 -> {
        int mode = pick(0600, 0644, 06755, 02644, 0777, 02775);
        if (!isSymlink(path)) {
          both("chmod " + path, (fs, side) -> done(() -> fs.chmod(path, mode)));
        }
      }
      case 12 -> {
        int uid = random.nextInt(4);
        both("chown " + path, (fs, side) -> done(() -> fs.chown(path, uid, uid + 1)));
      }
      case 13 -> attributes(path);
      case 14 -> both("list " + path, (fs, side) -> fs.list(path));
      case 15, 16, 17, 18 -> opening(path);
      default -> {
        if (!open.isEmpty()) {
          descriptor(open.get(random.nextInt(open.size())));
        }
      }
    }
    compareStat(path);
  }

  private boolean isSymlink(String path) {
    try {
      return (subject.stat(path).mode() & InodeItem.S_IFMT) == InodeItem.S_IFLNK;
    } catch (FsException e) {
      return false;
    }
  }

  private void attributes(String path) {
    String name = "trusted." + NAMES[random.nextInt(NAMES.length)];
    byte[] value = new byte[random.nextInt(40)];
    random.nextBytes(value);
    int flags = random.nextInt(3);
    switch (random.nextInt(3)) {
      case 0 ->
          both(
              "setxattr " + path + " " + flags,
              (fs, side) -> done(() -> fs.setxattr(path, name, value, flags)));
      case 1 -> both("removexattr " + path, (fs, side) -> done(() -> fs.removexattr(path, name)));
      default -> both("getxattr " + path, (fs, side) -> Arrays.toString(fs.getxattr(path, name)));
    }
  }

  private void opening(String path) {
    if (open.size() == OPEN_MAX) {
      Pair closed = open.remove(random.nextInt(OPEN_MAX));
      model.close(closed.fds()[0]);
      subject.close(closed.fds()[1]);
    }
    int flags =
        Posix.O_RDWR
            | pick(0, Posix.O_CREAT, Posix.O_CREAT, Posix.O_CREAT | Posix.O_EXCL)
            | pick(0, 0, 0, Posix.O_TRUNC)
            | pick(0, 0, 0, Posix.O_APPEND);
    int[] fds = new int[2];
    boolean opened =
        both(
            "open " + path + " 0" + Integer.toOctalString(flags),
            (fs, side) -> done(() -> fds[side] = fs.open(path, flags, 0644)));
    if (opened) {
      open.add(new Pair(fds, (flags & Posix.O_APPEND) != 0));
    }
  }

  private void descriptor(Pair pair) {
    int[] fds = pair.fds();
    long offset = random.nextInt(pick(10, 5000, 50_000, FILE_BYTES_MAX));
    int length = random.nextInt(pick(5, 3000, 20_000));
    String range = " " + offset + "+" + length;
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (!pair.appends() || random.nextInt(8) == 0) {
          both("write" + range, (fs, side) -> fs.write(fds[side], offset, bytes));
        }
      }
      case 4, 5 ->
          both("read" + range, (fs, side) -> Arrays.hashCode(fs.read(fds[side], offset, length)));
      case 6 ->
          both("truncate " + offset, (fs, side) -> done(() -> fs.truncate(fds[side], offset)));
      case 7, 8 -> {
        int mode = pick(0, 1, 3, 3, 0x10, 0x11);
        both(
            "fallocate " + mode + range,
            (fs, side) -> done(() -> fs.fallocate(fds[side], mode, offset, length)));
      }
      case 9 -> {
        Pair target = open.get(random.nextInt(open.size()));
        long toOffset = random.nextInt(pick(10, 50_000));
        if (!target.appends()) {
          both(
              "copy" + range + " to " + toOffset,
              (fs, side) -> fs.copyRange(fds[side], offset, target.fds()[side], toOffset, length));
        }
      }
      case 10 -> {
        if (random.nextInt(10) == 0) {
          both("fsync", (fs, side) -> done(() -> fs.fsync(fds[side])));
        }
      }
      default -> checkSeek(fds[1], offset);
    }
    both("fstat", (fs, side) -> shown(fs.stat(fds[side])));
  }

  /** What lies before the first data is zero; allocation units differ, so ext4 is not asked. */
  private void checkSeek(int fd, long offset) {
    try {
      long data = subject.seek(fd, offset, 3);
      for (byte each : subject.read(fd, offset, (int) (data - offset))) {
        assertEquals(0, each, "a byte before data at " + data);
      }
    } catch (FsException e) {
      assertEquals(Errno.ENXIO, e.errno());
    }
  }

  private interface Action {
    void run() throws FsException;
  }

  private static String done(Action action) throws FsException {
    action.run();
    return "done";
  }

  /** Runs an operation on both sides; true if it succeeded. */
  private boolean both(String what, Operation operation) {
    Object expected = outcome(model, 0, operation);
    Object actual = outcome(subject, 1, operation);
    assertEquals(expected, actual, what);
    return !(expected instanceof Errno);
  }

  private static Object outcome(Posix fs, int side, Operation operation) {
    try {
      return operation.run(fs, side);
    } catch (FsException e) {
      return e.errno();
    }
  }

  private void compareStat(String path) {
    both("stat " + path, (fs, side) -> shown(fs.stat(path)));
    int slash = path.lastIndexOf('/');
    String parent = slash < 0 ? "" : path.substring(0, slash);
    both("stat " + parent, (fs, side) -> shown(fs.stat(parent)));
  }

  /** What both sides agree on: sizes of directories and numbers of inodes are their own. */
  private record Shown(String mode, int nlink, int uid, int gid, long size, int rdev) {}

  private static Shown shown(Posix.Stat stat) {
    boolean isDirectory = (stat.mode() & InodeItem.S_IFMT) == InodeItem.S_IFDIR;
    return new Shown(
        Integer.toOctalString(stat.mode()),
        stat.nlink(),
        stat.uid(),
        stat.gid(),
        isDirectory ? 0 : stat.size(),
        stat.rdev());
  }

  private void compareTree(String path) throws FsException {
    both("list " + path, (fs, side) -> fs.list(path));
    for (var entry : subject.list(path).entrySet()) {
      String name = entry.getKey();
      if (name.equals(".") || name.equals("..")) {
        continue;
      }
      String child = path.isEmpty() ? name : path + "/" + name;
      compareStat(child);
      switch (entry.getValue()) {
        case InodeItem.S_IFDIR >> 12 -> compareTree(child);
        case InodeItem.S_IFREG >> 12 -> compareContents(child);
        default -> {}
      }
    }
  }

  private void compareContents(String path) throws FsException {
    int expected = model.open(path, Posix.O_RDONLY, 0);
    int actual = subject.open(path, Posix.O_RDONLY, 0);
    int length = (int) model.stat(expected).size();
    assertArrayEquals(
        model.read(expected, 0, length + 1),
        subject.read(actual, 0, length + 1),
        "contents of " + path);
    model.close(expected);
    subject.close(actual);
  }
}
