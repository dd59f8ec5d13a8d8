package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Contents;
import org.salvusfs.metadata.txg.Tx;

/**
 * Random operations, captures, commits stopped between their steps, workers that come late, full
 * disks, damaged chunks and crashes, against byte arrays.
 */
class FileContentsModelTest {
  private static final long[] BASES = {0, 0, 0, 1L << 33, (1L << 62) - (1 << 20)};
  private static final int[] SIZES_MAX = {4000, 40_000, 300_000, 100_000, 20_000};

  @Test
  void randomOperations_withCommitsAndCrashes_equalModel() {
    runSeeds(1, 100, 2_000);
  }

  @Test
  @Tag("long")
  void randomOperations_manySeeds_equalModel() {
    runSeeds(1_000, 100, 4_000);
  }

  private static void runSeeds(long first, int count, int operations) {
    for (long seed = first; seed < first + count; seed++) {
      var run = new Run(seed);
      try {
        for (int i = 0; i < operations; i++) {
          run.step();
        }
        run.checkAll();
      } catch (Throwable e) {
        fail("seed " + seed + " after " + String.join("\n", run.history), e);
      }
    }
  }

  /** A file's model and what of it survives a crash. */
  private static final class Tracked {
    long inode;
    ModelFile now;
    ModelFile closed;
    ModelFile durable;

    Tracked(long inode, long base) {
      this.inode = inode;
      this.now = new ModelFile(base);
      this.closed = new ModelFile(base);
      this.durable = new ModelFile(base);
    }
  }

  private record Pending(List<Contents.Capture> captures, Tracked file, ModelFile then) {}

  private static final class Run {
    final Random random;
    final ArrayDeque<String> history = new ArrayDeque<>();
    final FakeChunks chunks = new FakeChunks(1024);

    /** What workers are to do; they are free at moments that {@link #step} chooses. */
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    final MiniTxg txgs =
        new MiniTxg(
            chunks,
            live ->
                new FileContents(
                    chunks, live, tasks::add, new FileContents.Options(2, 64 << 10, 1024)));
    final List<Tracked> files = new ArrayList<>();
    final ArrayDeque<Pending> pending = new ArrayDeque<>();
    long nextInode = 10;
    final List<Long> gone = new ArrayList<>();
    final Map<Long, Long> loggedAt = new HashMap<>();
    int commitStep;

    Run(long seed) {
      random = new Random(seed);
      for (long base : BASES) {
        files.add(create(base));
      }
    }

    void step() throws IOException {
      int which = random.nextInt(files.size());
      Tracked file = files.get(which);
      int sizeMax = SIZES_MAX[which];
      int n = random.nextInt(110);
      if (n < 30) {
        write(file, sizeMax);
      } else if (n < 38) {
        truncate(file, sizeMax);
      } else if (n < 45) {
        punch(file);
      } else if (n < 50) {
        share(file, sizeMax);
      } else if (n < 68) {
        read(file);
      } else if (n < 74) {
        seek(file);
      } else if (n < 84) {
        advanceCommit();
      } else if (n < 92) {
        capture(file);
      } else if (n < 96) {
        finishCapture();
      } else if (n < 97) {
        recreate(which);
      } else if (n < 98) {
        failingOperation(file);
      } else if (n < 99) {
        checkAll();
      } else if (n < 100) {
        crash();
      } else if (n < 104) {
        reserve(file, sizeMax);
      } else {
        work(file, sizeMax);
      }
    }

    /** A worker does what waits, while the disk gets full or something changes. */
    private void work(Tracked file, int sizeMax) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      note("worker");
      switch (random.nextInt(4)) {
        case 0 -> chunks.duringPut.set(() -> changeMeanwhile(file, sizeMax));
        case 1 -> chunks.putsLeft.set(random.nextInt(40));
        default -> {}
      }
      task.run();
      chunks.duringPut.set(null);
      chunks.putsLeft.set(Long.MAX_VALUE);
    }

    private void note(String what) {
      history.add(what);
      if (history.size() > 40) {
        history.removeFirst();
      }
    }

    private Tracked create(long base) {
      var file = new Tracked(nextInode++, base);
      put(file.inode, emptyFile());
      return file;
    }

    private void put(long inode, InodeItem item) {
      try (Tx tx = txgs.begin()) {
        tx.put(Keys.inode(inode), item.encode());
        tx.apply();
      }
    }

    private static InodeItem emptyFile() {
      return new InodeItem(InodeItem.S_IFREG | 0644, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private InodeItem item(Tracked file) throws IOException {
      byte[] value = txgs.live().get(Keys.inode(file.inode));
      if (value == null) {
        throw new AssertionError("no inode " + file.inode);
      }
      return InodeItem.decode(value);
    }

    private interface Operation {
      long change(FileContents contents, Tx tx, InodeItem item) throws IOException;
    }

    private void change(Tracked file, long newSize, Operation operation) throws IOException {
      InodeItem item = item(file);
      try (Tx tx = txgs.begin()) {
        long delta = operation.change(txgs.contents(), tx, item);
        tx.put(
            Keys.inode(file.inode), item.withSize(newSize, item.allocatedBytes() + delta).encode());
        tx.addUsage(delta, 0);
        tx.apply();
      }
      assertEquals(file.now.allocated(), item(file).allocatedBytes(), "allocation");
    }

    private int length(int max) {
      return 1 + (int) Math.min(max - 1, Math.exp(random.nextDouble() * Math.log(max)));
    }

    private byte[] data(int length) {
      byte[] data = new byte[length];
      if (random.nextInt(4) == 0) {
        Arrays.fill(data, (byte) random.nextInt(3));
      } else {
        random.nextBytes(data);
      }
      return data;
    }

    private int offset(Tracked file, int sizeMax) {
      return switch (random.nextInt(4)) {
        case 0 -> file.now.size();
        case 1 -> random.nextInt(Math.max(1, file.now.size()));
        case 2 -> random.nextInt(1 + file.now.size() / 512) * 512;
        default -> random.nextInt(sizeMax);
      };
    }

    private void write(Tracked file, int sizeMax) throws IOException {
      int offset = Math.min(offset(file, sizeMax), sizeMax - 1);
      byte[] data =
          data(Math.min(length(random.nextInt(10) == 0 ? 100_000 : 3000), sizeMax - offset));
      note("write " + file.inode + " " + offset + " +" + data.length);
      file.now.write(offset, data);
      var from = random.nextBoolean() ? ByteBuffer.wrap(data) : direct(data);
      change(
          file,
          file.now.fileSize(),
          (contents, tx, item) ->
              contents.write(tx, file.inode, item, file.now.base + offset, from));
      Arrays.fill(data, (byte) 7);
    }

    private static ByteBuffer direct(byte[] data) {
      return ByteBuffer.allocateDirect(data.length).put(data).flip();
    }

    private void truncate(Tracked file, int sizeMax) throws IOException {
      int size =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(sizeMax);
            default -> random.nextInt(file.now.size() + 1);
          };
      note("truncate " + file.inode + " " + size);
      file.now.resize(size);
      change(
          file,
          file.now.fileSize(),
          (contents, tx, item) -> contents.truncate(tx, file.inode, item, file.now.fileSize()));
    }

    private void punch(Tracked file) throws IOException {
      int from = random.nextInt(file.now.size() + 1);
      int length = length(20_000);
      note("punch " + file.inode + " " + from + " +" + length);
      file.now.punch(from, from + length);
      change(
          file,
          file.now.fileSize(),
          (contents, tx, item) ->
              contents.punch(tx, file.inode, item, file.now.base + from, length));
    }

    private void reserve(Tracked file, int sizeMax) throws IOException {
      int offset = Math.min(offset(file, sizeMax), sizeMax - 1);
      int length = Math.min(length(20_000), sizeMax - offset);
      boolean zeroed = random.nextInt(3) == 0;
      note("reserve " + file.inode + " " + offset + " +" + length + (zeroed ? " zeroed" : ""));
      file.now.reserve(offset, length, zeroed);
      change(
          file,
          file.now.fileSize(),
          (contents, tx, item) ->
              contents.reserve(tx, file.inode, item, file.now.base + offset, length, zeroed));
    }

    private void share(Tracked to, int sizeMax) throws IOException {
      Tracked from = files.get(random.nextInt(files.size()));
      int fromOffset = random.nextInt(from.now.size() + 1);
      int toOffset = Math.min(offset(to, sizeMax), sizeMax - 1);
      int length = Math.min(length(20_000), sizeMax - toOffset);
      int count = Math.min(length, from.now.size() - fromOffset);
      if (from == to && fromOffset < toOffset + count && toOffset < fromOffset + count) {
        return;
      }
      note(
          "share "
              + from.inode
              + " "
              + fromOffset
              + " to "
              + to.inode
              + " "
              + toOffset
              + " +"
              + length);
      long fromSize = item(from).sizeBytes();
      to.now.share(from.now, fromOffset, toOffset, length);
      change(
          to,
          to.now.fileSize(),
          (contents, tx, item) ->
              contents.share(
                  tx,
                  contents.source(from.inode, fromSize, from.now.base + fromOffset, length),
                  to.inode,
                  item,
                  to.now.base + toOffset));
    }

    private void read(Tracked file) throws IOException {
      int offset = random.nextInt(file.now.size() + 10);
      check(file, offset, length(random.nextInt(10) == 0 ? 300_000 : 5000));
    }

    private void check(Tracked file, int offset, int length) throws IOException {
      var into =
          random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
      int expected = Math.max(0, Math.min(length, file.now.size() - offset));
      int count =
          txgs.contents().read(file.inode, file.now.fileSize(), file.now.base + offset, into);
      assertEquals(expected, count, "bytes read");
      byte[] read = new byte[count];
      into.flip().get(read);
      if (count > 0) {
        assertArrayEquals(
            Arrays.copyOfRange(file.now.bytes(), offset, offset + count),
            read,
            "inode " + file.inode + " at " + offset);
      }
    }

    private void seek(Tracked file) throws IOException {
      int offset = random.nextInt(file.now.size() + 1);
      ModelFile model = file.now;
      long data = txgs.contents().seekData(file.inode, model.fileSize(), model.base + offset);
      long hole = txgs.contents().seekHole(file.inode, model.fileSize(), model.base + offset);
      int modelData = model.nextData(offset);
      int modelHole = model.nextHole(offset);
      assertEquals(modelData < 0 ? -1 : model.base + modelData, data, "data from " + offset);
      assertEquals(modelHole < 0 ? -1 : model.base + modelHole, hole, "hole from " + offset);
    }

    private void advanceCommit() throws IOException {
      note("commit step " + commitStep + " of " + txgs.committedTxg());
      switch (commitStep) {
        case 0 -> {
          txgs.close();
          files.forEach(file -> file.closed = file.now.copy());
        }
        case 1 -> {
          if (random.nextInt(5) == 0) {
            chunks.putsLeft.set(random.nextInt(20));
            try {
              txgs.writeOut();
            } catch (BlockStoreException.Full full) {
              note("disk full");
              commitStep--;
            }
            chunks.putsLeft.set(Long.MAX_VALUE);
          } else {
            txgs.writeOut();
          }
        }
        case 2 -> {
          txgs.swap();
          for (Tracked file : files) {
            Check.file(txgs.committed(), chunks, file.inode);
            if (!capturedSince(file)) {
              file.durable = file.closed;
            }
          }
        }
        default -> txgs.committedStep();
      }
      commitStep = (commitStep + 1) % 4;
    }

    /** Whether the file's newest log entry is younger than the group that was just committed. */
    private boolean capturedSince(Tracked file) {
      return loggedAt.getOrDefault(file.inode, 0L) > txgs.committedTxg();
    }

    private void capture(Tracked file) throws IOException {
      note("capture " + file.inode);
      ModelFile then = file.now.copy();
      if (random.nextBoolean()) {
        int sizeMax = SIZES_MAX[files.indexOf(file)];
        chunks.duringPut.set(() -> changeMeanwhile(file, sizeMax));
      }
      List<Contents.Capture> captures = txgs.contents().capture(file.inode, txgs.live());
      chunks.duringPut.set(null);
      pending.add(new Pending(captures, file, then));
      if (random.nextInt(3) > 0) {
        finishCapture();
      }
    }

    private void changeMeanwhile(Tracked file, int sizeMax) {
      try {
        switch (random.nextInt(3)) {
          case 0 -> truncate(file, sizeMax);
          case 1 -> punch(file);
          default -> write(file, sizeMax);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The oldest capture's record becomes durable, or fails and is there or not. */
    private void finishCapture() {
      Pending next = pending.poll();
      if (next == null) {
        return;
      }
      int fate = random.nextInt(10);
      note("capture of " + next.file.inode + " ends as " + fate);
      if (fate == 0) {
        return;
      }
      txgs.append(next.captures.stream().filter(c -> c.txg() > txgs.committedTxg()).toList());
      long newest = next.captures.stream().mapToLong(Contents.Capture::txg).max().orElse(0);
      if (newest > txgs.committedTxg()) {
        next.file.durable = next.then;
        loggedAt.put(next.file.inode, newest);
      }
      if (fate > 1) {
        next.captures.forEach(capture -> capture.onDurable().run());
      }
    }

    private void recreate(int which) throws IOException {
      Tracked file = files.get(which);
      note("recreate " + file.inode);
      InodeItem item = item(file);
      try (Tx tx = txgs.begin()) {
        tx.reap(file.inode);
        tx.addUsage(-item.allocatedBytes(), 0);
        tx.apply();
        txgs.contents().drop(file.inode, tx.txg());
      }
      gone.add(file.inode);
      files.set(which, create(file.now.base));
    }

    private void failingOperation(Tracked file) throws IOException {
      if (file.now.base > 0 || file.now.size() == 0) {
        return;
      }
      chunks.putsLeft.set(0);
      try {
        txgs.contents().capture(file.inode, txgs.live());
      } catch (BlockStoreException.Full full) {
        note("capture failed");
      }
      chunks.putsLeft.set(Long.MAX_VALUE);
      checkFile(file);
      chunks.failGets = true;
      try {
        txgs.contents().read(file.inode, file.now.fileSize(), 0, ByteBuffer.allocate(500));
      } catch (BlockStoreException.Corrupt damaged) {
        note("read failed");
      }
      chunks.failGets = false;
    }

    private void crash() throws IOException {
      note("crash, committed " + txgs.committedTxg() + ", step " + commitStep);
      pending.clear();
      tasks.clear();
      commitStep = 0;
      txgs.crash(
          engine -> {
            long used = 0;
            try (Tx tx = txgs.begin()) {
              gone.forEach(tx::reap);
              tx.apply();
              for (Tracked file : files) {
                byte[] value = engine.committed().get(Keys.inode(file.inode));
                if (value == null) {
                  put(file.inode, emptyFile());
                } else {
                  used += InodeItem.decode(value).allocatedBytes();
                }
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return used;
          });
      for (Tracked file : files) {
        file.now = file.durable.copy();
      }
      checkAll();
    }

    void checkAll() throws IOException {
      long used = 0;
      for (Tracked file : files) {
        checkFile(file);
        used += file.now.allocated();
      }
      assertEquals(used, txgs.bytesUsed, "usage");
    }

    private void checkFile(Tracked file) throws IOException {
      InodeItem item = item(file);
      assertEquals(file.now.fileSize(), item.sizeBytes(), "size of " + file.inode);
      assertEquals(file.now.allocated(), item.allocatedBytes(), "allocation of " + file.inode);
      check(file, 0, file.now.size() + 1);
    }
  }
}
