package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;

/** Many threads in a few directories: whatever they do to each other, the tree stays sound. */
final class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int OPERATIONS = 4_000;
  private static final String[] NAMES = {"a", "b", "c"};

  /** What a race may end with; nothing else may happen. */
  private static final Set<Errno> EXPECTED =
      EnumSet.of(
          Errno.ENOENT,
          Errno.EEXIST,
          Errno.ENOTDIR,
          Errno.EISDIR,
          Errno.ENOTEMPTY,
          Errno.EINVAL,
          Errno.EPERM);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void operationsOfManyThreads_leaveASoundTree(long seed) throws Exception {
    try (var rig = new ProjectRig();
        var executor = Executors.newFixedThreadPool(THREADS)) {
      Posix fs = rig.posix();
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        var random = new Random(seed * 1000 + i);
        workers.add(executor.submit(worker(rig, fs, random)));
      }
      for (Future<?> worker : workers) {
        try {
          worker.get();
        } catch (ExecutionException e) {
          throw new AssertionError("seed " + seed, e);
        }
      }
      rig.check();
      assertEquals(0, rig.fs().inodesInUse());
      assertEquals(0, rig.fs().orphansInUse());
      assertTrue(rig.fs().isQuiet());
      rig.close();
      rig.open();
      rig.check();
    }
  }

  private static Callable<Boolean> worker(ProjectRig rig, Posix fs, Random random) {
    return () -> {
      for (int i = 0; i < OPERATIONS; i++) {
        try {
          operate(fs, random);
        } catch (FsException e) {
          assertTrue(EXPECTED.contains(e.errno()), e.getMessage());
        }
        if (random.nextInt(500) == 0) {
          rig.transactions().commit();
        }
      }
      return true;
    };
  }

  private static void operate(Posix fs, Random random) throws FsException {
    String path = path(random);
    String other = path(random);
    switch (random.nextInt(12)) {
      case 0, 1 -> fs.mkdir(path, 0755);
      case 2 -> fs.rmdir(path);
      case 3, 4 -> fs.unlink(path);
      case 5, 6 -> fs.rename(path, other, 0);
      case 7 -> fs.rename(path, other, Linux.RENAME_EXCHANGE);
      case 8 -> fs.link(path, other);
      case 9 -> fs.list(path);
      default -> {
        int fd = fs.open(path, Posix.O_RDWR | Posix.O_CREAT, 0644);
        try {
          fs.write(fd, random.nextInt(6000), new byte[1 + random.nextInt(2000)]);
          fs.read(fd, 0, 3000);
          if (random.nextInt(10) == 0) {
            fs.fsync(fd);
          }
        } finally {
          fs.close(fd);
        }
      }
    }
  }

  private static String path(Random random) {
    int depth = 1 + random.nextInt(4);
    var names = new String[depth];
    for (int i = 0; i < depth; i++) {
      names[i] = NAMES[random.nextInt(NAMES.length)];
    }
    return String.join("/", names);
  }
}
