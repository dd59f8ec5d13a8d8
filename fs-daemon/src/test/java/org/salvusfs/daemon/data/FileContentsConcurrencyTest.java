package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

/** Writers, readers, fsyncs and commits at once, with the locks that the VFS holds. */
class FileContentsConcurrencyTest {
  private static final int FILES = 3;
  private static final int SIZE_MAX = 200_000;

  private static final class Guarded {
    final long inode;
    final ReadWriteLock lock = new ReentrantReadWriteLock();

    /** What operations hold for as long as they are in a txg. */
    ModelFile model = new ModelFile(0);

    Guarded(long inode) {
      this.inode = inode;
    }
  }

  @Test
  void readsWritesAndFsyncs_duringCommits_seeWhatWasWritten() throws Exception {
    for (long seed = 1; seed <= 2; seed++) {
      try {
        run(seed);
      } catch (ExecutionException e) {
        throw new AssertionError("seed " + seed, e.getCause());
      }
    }
  }

  private static void run(long seed) throws Exception {
    try (var workers = Executors.newFixedThreadPool(2);
        var threads = Executors.newCachedThreadPool()) {
      var home = new Home(1024, workers);
      // Operations hold it shared while they are in a txg; closing a txg takes it alone.
      var txg = new ReentrantReadWriteLock();
      List<Guarded> files = new ArrayList<>();
      for (int i = 0; i < FILES; i++) {
        files.add(new Guarded(10 + i));
        home.create(10 + i);
      }
      var done = new AtomicBoolean();
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        var random = new Random(seed * 100 + i);
        others.add(threads.submit(repeat(done, () -> read(home, files, random))));
      }
      var fsyncs = new Random(seed * 100 + 10);
      others.add(
          threads.submit(
              repeat(
                  done,
                  () -> {
                    home.contents()
                        .capture(files.get(fsyncs.nextInt(FILES)).inode, home.txgs.live())
                        .forEach(capture -> capture.onDurable().run());
                    return null;
                  })));
      others.add(
          threads.submit(
              repeat(
                  done,
                  () -> {
                    txg.writeLock().lock();
                    try {
                      home.txgs.close();
                    } finally {
                      txg.writeLock().unlock();
                    }
                    home.txgs.writeOut();
                    // The tree of MiniTxg changes in one step, but not while its open group does.
                    txg.writeLock().lock();
                    try {
                      home.txgs.swap();
                    } finally {
                      txg.writeLock().unlock();
                    }
                    home.txgs.committedStep();
                    return null;
                  })));
      var random = new Random(seed);
      try {
        for (int i = 0; i < 2_000; i++) {
          write(home, files.get(random.nextInt(FILES)), txg, random);
        }
      } finally {
        done.set(true);
      }
      for (Future<?> other : others) {
        other.get();
      }
      home.txgs.commit();
      for (Guarded file : files) {
        assertEquals(file.model.allocated(), home.item(file.inode).allocatedBytes());
        home.check(file.inode);
      }
      assertEquals(0, home.contents().dirtyBytes(home.txgs.openTxg()));
    }
  }

  private static Callable<Void> repeat(AtomicBoolean done, Callable<Void> action) {
    return () -> {
      while (!done.get()) {
        action.call();
      }
      return null;
    };
  }

  private static Void read(Home home, List<Guarded> files, Random random) throws IOException {
    Guarded file = files.get(random.nextInt(FILES));
    file.lock.readLock().lock();
    try {
      int offset = random.nextInt(file.model.size() + 1);
      int length = 1 + random.nextInt(20_000);
      byte[] expected =
          Arrays.copyOfRange(
              file.model.bytes(), offset, Math.min(file.model.size(), offset + length));
      int wrong = Arrays.mismatch(expected, home.read(file.inode, offset, length));
      assertEquals(-1, wrong, "inode " + file.inode + " from " + offset);
    } finally {
      file.lock.readLock().unlock();
    }
    return null;
  }

  private static void write(Home home, Guarded file, ReadWriteLock txg, Random random)
      throws IOException {
    file.lock.writeLock().lock();
    txg.readLock().lock();
    try {
      int size = file.model.size();
      switch (random.nextInt(10)) {
        case 0 -> {
          int newSize = random.nextInt(3) == 0 ? random.nextInt(5000) : random.nextInt(SIZE_MAX);
          home.truncate(file.inode, newSize);
          file.model.resize(newSize);
        }
        case 1 -> {
          int from = random.nextInt(size + 1);
          home.punch(file.inode, from, 10_000);
          file.model.punch(from, from + 10_000);
        }
        default -> {
          byte[] data = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 80_000 : 3000)];
          random.nextBytes(data);
          int offset = random.nextInt(Math.min(size, SIZE_MAX) + 1);
          home.write(file.inode, offset, data);
          file.model.write(offset, data);
        }
      }
      assertEquals(file.model.allocated(), home.item(file.inode).allocatedBytes());
    } finally {
      txg.readLock().unlock();
      file.lock.writeLock().unlock();
    }
  }
}
