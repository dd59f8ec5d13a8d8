package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;

/** When and what is stored before a commit; workers run when the test says so. */
class StoreAheadTest {
  private static final long FILE = 5;
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  private final Random random = new Random(27);
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final Home home = new Home(256 * KIB, tasks::add);
  private int heard;

  @BeforeEach
  void create() {
    home.create(FILE);
    home.contents().onRelease(() -> heard++);
  }

  /** Writes random bytes in pieces as the kernel does. */
  private byte[] stream(int mib) throws IOException {
    byte[] data = new byte[mib * MIB];
    random.nextBytes(data);
    for (int at = 0; at < data.length; at += MIB) {
      home.write(FILE, at, Arrays.copyOfRange(data, at, at + MIB));
    }
    return data;
  }

  private void work() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private void assertCommits(byte[] data) throws IOException {
    assertArrayEquals(data, home.readAll(FILE));
    home.txgs.commit();
    assertArrayEquals(data, home.readAll(FILE));
    home.check(FILE);
  }

  @Test
  void stream_leavesMemoryBeforeItsCommit() throws IOException {
    byte[] data = stream(20);
    assertTrue(home.contents().isReleasing(1));
    assertEquals(0, heard);
    work();
    assertFalse(home.contents().isReleasing(1));
    assertTrue(heard > 0);
    long held = home.contents().dirtyBytes(1);
    assertTrue(held < 9 * MIB, "held: " + held);
    long stored = home.chunks.putBytes.get();
    assertCommits(data);
    long storedByCommit = home.chunks.putBytes.get() - stored;
    assertTrue(storedByCommit < 9 * MIB, "stored by the commit: " + storedByCommit);
  }

  @Test
  void stream_isCutAsIfItWereStoredAtOnce() throws IOException {
    var atOnce = new Home(256 * KIB, task -> {});
    atOnce.create(FILE);
    byte[] data = new byte[30 * MIB];
    random.nextBytes(data);
    for (int at = 0; at < data.length; at += 300 * KIB) {
      byte[] next = Arrays.copyOfRange(data, at, Math.min(data.length, at + 300 * KIB));
      home.write(FILE, at, next);
      atOnce.write(FILE, at, next);
      if (random.nextInt(10) == 0) {
        work();
      }
    }
    assertTrue(home.chunks.puts.get() > 0);
    home.txgs.commit();
    atOnce.txgs.commit();
    assertEquals(extents(atOnce), extents(home));
  }

  private static List<String> extents(Home home) throws MetadataException {
    var extents = new ArrayList<String>();
    Cursor cursor = home.txgs.committed().scan(Keys.extent(FILE, 0), Keys.extent(FILE, 1L << 40));
    while (cursor.next()) {
      ExtentItem item = ExtentItem.decode(cursor.value());
      extents.add(Keys.suffixLong(cursor.key()) + " " + item.chunk() + " " + item.chunkOffset());
    }
    return extents;
  }

  @Test
  void file_belowWhatIsDue_staysInMemory() throws IOException {
    byte[] data = stream(7);
    assertFalse(home.contents().isReleasing(1));
    assertEquals(0, tasks.size());
    assertCommits(data);
  }

  @Test
  void scatteredWrites_stayInMemory() throws IOException {
    for (int i = 0; i < 3000; i++) {
      home.write(FILE, i * 16L * KIB, new byte[4 * KIB]);
    }
    assertFalse(tasks.isEmpty());
    work();
    assertEquals(0, home.chunks.puts.get());
    assertFalse(home.contents().isReleasing(1));
    int before = tasks.size();
    home.write(FILE, 3000 * 16L * KIB, new byte[4 * KIB]);
    assertEquals(before, tasks.size(), "the next write looks in vain again");
  }

  @Test
  void whatIsOverwrittenMeanwhile_keepsTheNewBytes() throws IOException {
    byte[] data = stream(9);
    byte[] other = new byte[10 * KIB];
    home.chunks.duringPut.set(
        () -> {
          try {
            home.write(FILE, 3 * MIB - 5, other);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    work();
    System.arraycopy(other, 0, data, 3 * MIB - 5, other.length);
    long held = home.contents().dirtyBytes(1);
    assertTrue(held < 3 * MIB, "held: " + held);
    assertCommits(data);
  }

  @Test
  void whatIsOverwrittenAllTheTime_isLeftToTheCommit() throws IOException {
    stream(9);
    byte[][] latest = new byte[1][];
    home.chunks.duringPut.set(
        () -> {
          try {
            latest[0] = stream(9);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    work();
    long puts = home.chunks.puts.get();
    latest[0] = stream(9);
    work();
    assertEquals(puts, home.chunks.puts.get());
    assertCommits(latest[0]);
  }

  @Test
  void fullDisk_leavesEverythingInMemory_andEndsTheWaiting() throws IOException {
    byte[] data = stream(12);
    long held = home.contents().dirtyBytes(1);
    home.chunks.putsLeft.set(5);
    work();
    assertEquals(held, home.contents().dirtyBytes(1));
    assertFalse(home.contents().isReleasing(1));
    assertTrue(heard > 0);
    home.chunks.putsLeft.set(Long.MAX_VALUE);
    assertCommits(data);
  }

  @Test
  void closedGroup_isLeftToItsCommit_andTheNextIsStoredAhead() throws IOException {
    byte[] data = stream(12);
    home.txgs.close();
    home.txgs.writeOut();
    long puts = home.chunks.puts.get();
    work();
    assertEquals(puts, home.chunks.puts.get());
    assertFalse(home.contents().isReleasing(2));
    home.txgs.swap();
    home.txgs.committedStep();
    assertArrayEquals(data, home.readAll(FILE));
    byte[] next = stream(12);
    assertTrue(home.contents().isReleasing(2));
    work();
    assertTrue(home.contents().dirtyBytes(2) < 9 * MIB);
    assertCommits(next);
  }

  @Test
  void group_thatHasStoredEnough_isNotReleasedWithoutItsCommit() throws IOException {
    var small = new Home(4 * KIB, Runnable::run);
    small.create(FILE);
    byte[] data = new byte[64 * KIB];
    for (int i = 0; i < 320; i++) {
      random.nextBytes(data);
      small.write(FILE, i * 64L * KIB, data);
    }
    long stored = small.chunks.putBytes.get();
    assertTrue(stored >= 16 * MIB && stored < 17 * MIB, "stored: " + stored);
    assertFalse(small.contents().isReleasing(1));
    small.txgs.commit();
    small.check(FILE);
  }

  @Test
  void fsync_afterStoring_logsChunksOfAll_andReplays() throws IOException {
    byte[] data = stream(20);
    work();
    long stored = home.chunks.putBytes.get();
    int logged = home.fsync(FILE);
    assertTrue(logged < 100 * KIB, "logged: " + logged);
    assertTrue(home.chunks.putBytes.get() - stored < 9 * MIB);
    assertCommits(data);
  }
}
