package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Limits;

/**
 * Random operations of a user and of root on a project with limits that change, beside a model that
 * knows of every byte whether it is a hole: each growth is admitted exactly if it fits, use is that
 * of the model after every operation, and after each 1,000 and after crashes the counters are those
 * of a full recount.
 */
final class QuotaModelTest {
  private static final int USER = 1000;
  private static final int FILE_BYTES_MAX = 40_000;
  private static final int NAMES = 12;
  private static final int OPEN_MAX = 4;
  private static final int RECOUNT_EVERY = 1_000;
  private static final int REOPEN_EVERY = 5_000;

  /** A file of the model: its size and the bytes that are no hole. */
  private static final class Model {
    final BitSet bytes = new BitSet();
    int size;
  }

  /** An open file, named or not. */
  private record Open(int fd, Model file) {}

  private final Map<String, Model> named = new LinkedHashMap<>();
  private final List<Open> open = new ArrayList<>();
  private Random random = new Random(0);
  private @Nullable Posix userView;
  private @Nullable Posix rootView;
  private int admitted;
  private int refused;

  @Tag("promise")
  @Tag("promise-11")
  @Test
  void randomOperations_useExactlyWhatTheModelSays() throws Exception {
    run(1, Integer.getInteger("salvus.quota.operations", 30_000));
  }

  @Tag("long")
  @Tag("promise")
  @Tag("promise-11")
  @Test
  void aMillionRandomOperations_useExactlyWhatTheModelSays() throws Exception {
    run(Long.getLong("salvus.quota.seed", System.nanoTime()), 1_000_000);
  }

  private void run(long seed, int operations) throws Exception {
    random = new Random(seed);
    try (var rig = new ProjectRig()) {
      views(rig);
      for (int step = 1; step <= operations; step++) {
        try {
          operate(rig);
          assertUse(rig);
          maintain(rig, step);
        } catch (AssertionError | FsException | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
        }
      }
      System.out.printf(
          "seed %d: %d operations, %d times growth was admitted, %d times refused%n",
          seed, operations, admitted, refused);
      assertTrue(admitted > operations / 20 && refused > operations / 100, "both must happen");
    }
  }

  private void views(ProjectRig rig) {
    userView = rig.posix(USER);
    rootView = rig.posix(0);
  }

  private Posix view(boolean root) {
    Posix view = root ? rootView : userView;
    if (view == null) {
      throw new AssertionError("not open");
    }
    return view;
  }

  private long used() {
    long bytes = named.values().stream().mapToLong(file -> file.bytes.cardinality()).sum();
    return bytes
        + open.stream()
            .map(Open::file)
            .filter(file -> !named.containsValue(file))
            .distinct()
            .mapToLong(file -> file.bytes.cardinality())
            .sum();
  }

  private long inodes() {
    return 1
        + named.size()
        + open.stream()
            .map(Open::file)
            .filter(file -> !named.containsValue(file))
            .distinct()
            .count();
  }

  private void assertUse(ProjectRig rig) {
    assertEquals(used(), rig.usage().bytes(), "bytes");
    assertEquals(inodes(), rig.usage().inodes(), "inodes");
  }

  /** What must be true of any attempt to grow; {@code grow} is done if it fits. */
  private void grow(
      ProjectRig rig, boolean root, long bytes, long inodes, Attempt attempt, Runnable grow)
      throws FsException {
    Limits limits = rig.limits;
    long bytesMax = root ? limits.hardBytes() : limits.userBytes();
    boolean fits =
        (bytes <= 0 || used() + bytes <= bytesMax)
            && (inodes <= 0 || inodes() + inodes <= limits.inodes());
    String wish =
        "%d bytes and %d inodes with %d and %d used of %s"
            .formatted(bytes, inodes, used(), inodes(), limits);
    try {
      attempt.run();
    } catch (FsException e) {
      if (e.errno() != Errno.EDQUOT) {
        throw e;
      }
      assertFalse(fits, () -> "refused " + wish);
      refused++;
      return;
    }
    assertTrue(fits, () -> "admitted " + wish);
    if (bytes > 0 || inodes > 0) {
      admitted++;
    }
    grow.run();
  }

  private interface Attempt {
    void run() throws FsException;
  }

  private void operate(ProjectRig rig) throws FsException {
    boolean root = random.nextInt(4) == 0;
    switch (random.nextInt(17)) {
      case 0, 1 -> create(rig, root);
      case 2 -> unlink(root);
      case 3 -> rename(root);
      case 4 -> close();
      case 5, 6 -> truncate();
      case 7 -> punch();
      case 8, 9 -> copy(rig);
      case 10 -> limit(rig);
      case 11 -> allocate(rig);
      default -> write(rig);
    }
  }

  private String name() {
    return "f" + random.nextInt(NAMES);
  }

  private @Nullable Open anyOpen() {
    return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
  }

  private void create(ProjectRig rig, boolean root) throws FsException {
    String name = name();
    if (open.size() >= OPEN_MAX) {
      close();
    }
    Model known = named.get(name);
    int[] fd = new int[1];
    boolean truncates = known != null && random.nextInt(4) == 0;
    int flags = Posix.O_CREAT | Posix.O_RDWR | (truncates ? Posix.O_TRUNC : 0);
    grow(
        rig,
        root,
        0,
        known == null ? 1 : 0,
        () -> fd[0] = view(root).open(name, flags, 0644),
        () -> {
          Model file = known == null ? new Model() : known;
          if (truncates) {
            file.bytes.clear();
            file.size = 0;
          }
          named.put(name, file);
          open.add(new Open(root ? -fd[0] : fd[0], file));
        });
  }

  private Posix of(Open file) {
    return view(file.fd() < 0);
  }

  private static int fd(Open file) {
    return Math.abs(file.fd());
  }

  private void close() {
    Open file = anyOpen();
    if (file != null) {
      open.remove(file);
      of(file).close(fd(file));
    }
  }

  private void unlink(boolean root) throws FsException {
    String name = name();
    if (named.remove(name) != null) {
      view(root).unlink(name);
    }
  }

  private void rename(boolean root) throws FsException {
    String from = name();
    String to = name();
    Model moved = named.get(from);
    if (moved != null && !from.equals(to)) {
      view(root).rename(from, to, 0);
      named.remove(from);
      named.put(to, moved);
    }
  }

  private void write(ProjectRig rig) throws FsException {
    Open to = anyOpen();
    if (to == null) {
      return;
    }
    Model file = to.file();
    int offset = random.nextInt(FILE_BYTES_MAX);
    int length = 1 + random.nextInt(random.nextBoolean() ? 300 : 9_000);
    int growth = length - file.bytes.get(offset, offset + length).cardinality();
    grow(
        rig,
        to.fd() < 0,
        growth,
        0,
        () -> assertEquals(length, of(to).write(fd(to), offset, new byte[length])),
        () -> {
          file.bytes.set(offset, offset + length);
          file.size = Math.max(file.size, offset + length);
        });
  }

  private void allocate(ProjectRig rig) throws FsException {
    Open to = anyOpen();
    if (to == null) {
      return;
    }
    Model file = to.file();
    int offset = random.nextInt(FILE_BYTES_MAX);
    int length = 1 + random.nextInt(9_000);
    int mode = random.nextBoolean() ? 0 : Linux.FALLOC_ZERO_RANGE;
    int growth = length - file.bytes.get(offset, offset + length).cardinality();
    grow(
        rig,
        to.fd() < 0,
        growth,
        0,
        () -> of(to).fallocate(fd(to), mode, offset, length),
        () -> {
          file.bytes.set(offset, offset + length);
          file.size = Math.max(file.size, offset + length);
        });
  }

  private void copy(ProjectRig rig) throws FsException {
    Open from = anyOpen();
    Open to = anyOpen();
    if (from == null
        || to == null
        || from.file() == to.file()
        || (from.fd() < 0) != (to.fd() < 0)) {
      return;
    }
    int fromOffset = random.nextInt(FILE_BYTES_MAX);
    int toOffset = random.nextInt(FILE_BYTES_MAX);
    int length = Math.min(1 + random.nextInt(9_000), from.file().size - fromOffset);
    if (length <= 0) {
      return;
    }
    BitSet source = from.file().bytes.get(fromOffset, fromOffset + length);
    BitSet target = to.file().bytes;
    int growth = source.cardinality() - target.get(toOffset, toOffset + length).cardinality();
    grow(
        rig,
        to.fd() < 0,
        growth,
        0,
        () -> {
          long copied = of(to).copyRange(fd(from), fromOffset, fd(to), toOffset, length);
          assertEquals(length, copied);
        },
        () -> {
          target.clear(toOffset, toOffset + length);
          source.stream().forEach(bit -> target.set(toOffset + bit));
          to.file().size = Math.max(to.file().size, toOffset + length);
        });
  }

  private void truncate() throws FsException {
    Open file = anyOpen();
    if (file != null) {
      int size = random.nextInt(FILE_BYTES_MAX);
      of(file).truncate(fd(file), size);
      file.file().bytes.clear(size, Math.max(size, file.file().bytes.length()));
      file.file().size = size;
    }
  }

  private void punch() throws FsException {
    Open file = anyOpen();
    if (file != null) {
      int offset = random.nextInt(FILE_BYTES_MAX);
      int length = 1 + random.nextInt(FILE_BYTES_MAX);
      int mode = Linux.FALLOC_PUNCH_HOLE | Linux.FALLOC_KEEP_SIZE;
      of(file).fallocate(fd(file), mode, offset, length);
      file.file().bytes.clear(offset, offset + length);
    }
  }

  /** Around what is used, often below it. */
  private void limit(ProjectRig rig) {
    long hard = Math.max(0, used() - 20_000 + random.nextInt(80_000));
    long inodes = Math.max(0, inodes() - 2 + random.nextInt(6));
    long reserve = Math.min(hard, random.nextInt(10_000));
    rig.limit(
        random.nextInt(10) == 0
            ? Limits.NONE
            : new Limits(hard, Limits.UNLIMITED, Limits.DEFAULT_GRACE, inodes, reserve));
  }

  private void maintain(ProjectRig rig, int step) throws IOException, FsException {
    if (random.nextInt(2_000) == 0) {
      rig.transactions().commit();
    }
    if (step % RECOUNT_EVERY == 0) {
      rig.check();
    }
    if (step % REOPEN_EVERY == 0) {
      if (random.nextBoolean()) {
        rig.transactions().commit();
        crash(rig);
        open.clear(); // and what had no name is gone
      } else {
        crash(rig);
        startAnew(rig);
      }
      rig.check();
      assertUse(rig);
    }
  }

  private void crash(ProjectRig rig) throws IOException, FsException {
    Open file = anyOpen();
    if (file != null) {
      of(file).fsync(fd(file));
    }
    rig.crash();
    views(rig);
    rig.check();
  }

  /**
   * What came back is a prefix that the model does not know: everything is deleted, at any limit.
   */
  private void startAnew(ProjectRig rig) throws FsException {
    open.clear();
    named.clear();
    for (int i = 0; i < NAMES; i++) {
      try {
        view(false).unlink("f" + i);
      } catch (FsException e) {
        assertEquals(Errno.ENOENT, e.errno());
      }
    }
    assertEquals(0, rig.usage().bytes());
    assertEquals(1, rig.usage().inodes());
  }
}
