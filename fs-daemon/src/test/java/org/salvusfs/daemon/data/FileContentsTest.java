package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;

/** Edges of file contents, one by one; everything runs on the test's thread. */
class FileContentsTest {
  private static final long FILE = 5;
  private static final long OTHER = 6;
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;
  private static final int LIMIT = 512;

  private final Random random = new Random(42);
  private final Home home = new Home(256 * KIB, Runnable::run);

  private byte[] data(int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    return data;
  }

  @Test
  void write_atHugeOffsets_readsBackAndAllocatesOnlyData() throws IOException {
    home.create(FILE);
    long[] offsets = {0, (4L << 30) - 2, 1L << 40, (1L << 62) - 7, Long.MAX_VALUE - 10};
    byte[] data = data(10);
    for (long offset : offsets) {
      assertEquals(10, home.write(FILE, offset, data));
    }
    for (int pass = 0; pass < 2; pass++) {
      assertEquals(50, home.item(FILE).allocatedBytes());
      for (long offset : offsets) {
        assertArrayEquals(data, home.read(FILE, offset, 10));
        assertEquals(offset, home.contents().seekData(FILE, Long.MAX_VALUE, offset));
        assertEquals(offset + 10, home.contents().seekHole(FILE, Long.MAX_VALUE, offset));
      }
      assertEquals(1L << 40, home.contents().seekData(FILE, Long.MAX_VALUE, 5L << 30));
      assertArrayEquals(new byte[100], home.read(FILE, 1L << 50, 100));
      home.txgs.commit();
      assertEquals(5, home.check(FILE));
    }
  }

  @Test
  void write_beyondLastOffset_isRefused() {
    home.create(FILE);
    assertThrows(ArithmeticException.class, () -> home.write(FILE, Long.MAX_VALUE - 9, data(11)));
  }

  @Test
  void operations_ofNoLength_changeNothing() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(100));
    long held = home.contents().dirtyBytes(1);
    assertEquals(0, home.write(FILE, 50, new byte[0]));
    assertEquals(0, home.punch(FILE, 50, 0));
    assertEquals(0, home.punch(FILE, 100, 1000));
    assertEquals(0, home.share(FILE, 100, FILE, 0, 10));
    assertEquals(0, home.read(FILE, 100, 10).length);
    assertEquals(0, home.read(FILE, 1000, 10).length);
    assertEquals(0, home.read(FILE, 0, 0).length);
    assertEquals(held, home.contents().dirtyBytes(1));
    assertEquals(100, home.item(FILE).allocatedBytes());
  }

  @Test
  void writeOut_atInlineLimit_switchesBetweenInlineAndExtents() throws IOException {
    home.create(FILE);
    byte[] data = data(LIMIT + 1);
    home.write(FILE, 0, Arrays.copyOf(data, LIMIT));
    home.txgs.commit();
    assertNotNull(home.txgs.committed().get(Keys.inline(FILE)));
    assertEquals(0, home.check(FILE));
    assertEquals(0, home.chunks.puts.get());

    assertEquals(1, home.write(FILE, LIMIT, Arrays.copyOfRange(data, LIMIT, LIMIT + 1)));
    home.txgs.commit();
    assertNull(home.txgs.committed().get(Keys.inline(FILE)));
    assertEquals(1, home.check(FILE));
    assertArrayEquals(data, home.readAll(FILE));

    assertEquals(-1, home.truncate(FILE, LIMIT));
    home.txgs.commit();
    assertEquals(0, home.check(FILE));
    assertArrayEquals(Arrays.copyOf(data, LIMIT), home.readAll(FILE));

    assertEquals(-1, home.punch(FILE, 7, 1));
    home.txgs.commit();
    assertEquals(2, home.check(FILE));
    data[7] = 0;
    assertArrayEquals(Arrays.copyOf(data, LIMIT), home.readAll(FILE));

    assertEquals(1 - LIMIT, home.truncate(FILE, 0));
    home.txgs.commit();
    assertEquals(0, home.check(FILE));
  }

  @Test
  void inlineContentsOfAnEarlierProgram_areReadAndRewritten() throws IOException {
    byte[] data = data(3072);
    for (long inode : new long[] {FILE, OTHER}) {
      home.create(inode);
      home.put(inode, home.item(inode).withSize(data.length, data.length));
      try (Tx tx = home.txgs.begin()) {
        tx.put(Keys.inline(inode), data);
        tx.apply();
      }
    }
    home.txgs.commit();
    assertArrayEquals(data, home.readAll(FILE));
    assertArrayEquals(Arrays.copyOfRange(data, 3000, 3072), home.read(FILE, 3000, 100));
    assertEquals(data.length, home.contents().seekHole(FILE, data.length, 3000));

    assertEquals(0, home.write(FILE, 3000, new byte[] {1}));
    data[3000] = 1;
    assertEquals(LIMIT + 1 - data.length, home.truncate(OTHER, LIMIT + 1));
    assertArrayEquals(data, home.readAll(FILE));
    home.txgs.commit();
    assertEquals(1, home.check(FILE));
    assertEquals(1, home.check(OTHER));
    assertArrayEquals(data, home.readAll(FILE));
    assertArrayEquals(Arrays.copyOf(data, LIMIT + 1), home.readAll(OTHER));
  }

  @Test
  void truncate_thenExtend_readsZeros() throws IOException {
    home.create(FILE);
    byte[] data = data(100 * KIB);
    home.write(FILE, 0, data);
    for (int pass = 0; pass < 2; pass++) {
      home.truncate(FILE, 10 * KIB);
      home.truncate(FILE, 100 * KIB);
      byte[] expected = Arrays.copyOf(Arrays.copyOf(data, 10 * KIB), 100 * KIB);
      assertArrayEquals(expected, home.readAll(FILE));
      home.txgs.commit();
      assertArrayEquals(expected, home.readAll(FILE));
      assertEquals(10 * KIB, home.item(FILE).allocatedBytes());
      home.check(FILE);
    }
  }

  @Test
  void truncate_andWriteBehindIt_inOneTxg_commitsHoleBetween() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(300 * KIB));
    home.txgs.commit();
    home.truncate(FILE, 1000);
    byte[] tail = data(10);
    home.write(FILE, 200 * KIB, tail);
    home.txgs.commit();
    assertEquals(1010, home.item(FILE).allocatedBytes());
    assertEquals(2, home.check(FILE));
    assertArrayEquals(new byte[200 * KIB - 1000], home.read(FILE, 1000, 200 * KIB - 1000));
    assertArrayEquals(tail, home.read(FILE, 200 * KIB, 100));
  }

  @Test
  void write_sameBlockOverAndOver_holdsOneBlock() throws IOException {
    home.create(FILE);
    for (int i = 0; i < 1000; i++) {
      home.write(FILE, 8192, data(4096));
    }
    assertEquals(4096 + Interval.OVERHEAD_BYTES, home.contents().dirtyBytes(1));
  }

  @Test
  void write_aMebibyte_holdsOneArray() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(MIB));
    assertEquals(MIB + Interval.OVERHEAD_BYTES, home.contents().dirtyBytes(1));
  }

  @Test
  void write_smallPiecesInOrder_growsFewArrays() throws IOException {
    home.create(FILE);
    for (int i = 0; i < 256; i++) {
      home.write(FILE, i * 4096L, data(4096));
    }
    assertEquals(MIB + 4 * Interval.OVERHEAD_BYTES, home.contents().dirtyBytes(1));
  }

  @Test
  void dirtyBytes_afterCommitOrDrop_isZero() throws IOException {
    home.create(FILE);
    home.create(OTHER);
    home.write(FILE, 0, data(10_000));
    home.write(OTHER, 0, data(10_000));
    home.contents().drop(OTHER, 1);
    assertEquals(10_000 + Interval.OVERHEAD_BYTES, home.contents().dirtyBytes(1));
    home.txgs.commit();
    assertEquals(0, home.contents().dirtyBytes(1));
    assertEquals(0, home.contents().dirtyBytes(2));
  }

  @Test
  void drop_whileOlderTxgCommits_keepsItsLayer() throws IOException {
    home.create(FILE);
    byte[] data = data(100 * KIB);
    home.write(FILE, 0, data);
    home.txgs.close();
    home.contents().drop(FILE, 2);
    home.txgs.writeOut();
    home.txgs.swap();
    home.txgs.committedStep();
    assertArrayEquals(data, home.readAll(FILE));
    home.check(FILE);
  }

  @Test
  void writeOut_ofFileCreatedAndReaped_storesNothing() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(MIB));
    try (Tx tx = home.txgs.begin()) {
      tx.reap(FILE);
      tx.apply();
    }
    home.txgs.commit();
    assertEquals(0, home.chunks.puts.get());
    assertEquals(0, home.check(FILE));
  }

  @Test
  void writeOut_ofRandomSmallWrites_rewritesOnlyChunksTouched() throws IOException {
    home.create(FILE);
    byte[] data = data(16 * MIB);
    home.write(FILE, 0, data);
    home.txgs.commit();
    for (int round = 0; round < 20; round++) {
      long putBytes = home.chunks.putBytes.get();
      int writes = 1 + random.nextInt(8);
      for (int i = 0; i < writes; i++) {
        byte[] block = data(4096);
        int offset = random.nextInt(data.length / 4096) * 4096;
        System.arraycopy(block, 0, data, offset, 4096);
        home.write(FILE, offset, block);
      }
      home.txgs.commit();
      long rewritten = home.chunks.putBytes.get() - putBytes;
      assertTrue(rewritten <= writes * 2L * 256 * KIB, writes + " writes stored " + rewritten);
      home.check(FILE);
    }
    assertArrayEquals(data, home.readAll(FILE));
  }

  @Test
  void writeOut_ofSmallAppends_endsInChunksOfNormalSize() throws IOException {
    home.create(FILE);
    int txgs = 600;
    for (int i = 0; i < txgs; i++) {
      home.write(FILE, i * 5000L, data(5000));
      home.txgs.commit();
    }
    int extents = home.check(FILE);
    assertTrue(extents <= 2 * (txgs * 5000 / (64 * KIB)), extents + " extents");
    assertTrue(home.chunks.putBytes.get() < 40L * txgs * 5000, "bytes stored");
  }

  @Test
  void writeOut_ofRewriteWithoutChange_storesSameChunks() throws IOException {
    home.create(FILE);
    byte[] data = data(5 * MIB);
    home.write(FILE, 0, data);
    home.txgs.commit();
    int extents = home.check(FILE);
    home.write(FILE, 0, data);
    home.txgs.close();
    var frozen = home.txgs.live();
    assertEquals(0, home.contents().writeOut(2, home.txgs.committed(), frozen).size());
    assertTrue(extents > 20, extents + " extents");
  }

  @Test
  void writeOut_withFullDisk_failsAndSucceedsWhenRepeated() throws IOException {
    home.create(FILE);
    byte[] data = data(5 * MIB);
    home.write(FILE, 0, data);
    home.txgs.close();
    home.chunks.putsLeft.set(10);
    assertThrows(BlockStoreException.Full.class, home.txgs::writeOut);
    assertArrayEquals(data, home.readAll(FILE));
    home.chunks.putsLeft.set(Long.MAX_VALUE);
    home.txgs.writeOut();
    home.txgs.swap();
    home.txgs.committedStep();
    home.check(FILE);
    assertArrayEquals(data, home.readAll(FILE));
  }

  @Test
  void change_afterItsTxgIsWrittenOut_isADefect() throws IOException {
    home.create(FILE);
    try (Tx late = home.txgs.begin()) {
      home.write(FILE, 0, data(10));
      home.txgs.close();
      home.txgs.writeOut();
      assertThrows(
          IllegalStateException.class,
          () -> home.contents().write(late, FILE, home.item(FILE), 0, ByteBuffer.wrap(data(10))));
    }
  }

  @Test
  void share_ofStoredContents_sharesChunksAndStoresNothing() throws IOException {
    home.create(FILE);
    home.create(OTHER);
    byte[] data = data(2 * MIB);
    home.write(FILE, 0, data);
    home.txgs.commit();
    long puts = home.chunks.puts.get();
    assertEquals(2 * MIB, home.share(FILE, 0, OTHER, 0, Long.MAX_VALUE));
    assertTrue(home.contents().dirtyBytes(2) < 100 * Interval.OVERHEAD_BYTES);
    home.txgs.commit();
    assertEquals(puts, home.chunks.puts.get());
    assertArrayEquals(data, home.readAll(OTHER));
    home.check(OTHER);
  }

  @Test
  void share_fromAnotherTree_saysThatItsChunksAreNeeded() throws IOException {
    home.create(FILE);
    home.create(OTHER);
    home.write(FILE, 0, data(2 * MIB));
    home.txgs.commit();
    home.share(FILE, 0, OTHER, 0, 100);
    assertEquals(Set.of(), home.chunks.kept);
    var options = new FileContents.Options(2, 1 << 20, MIB);
    var past = new FileContents(home.chunks, home.txgs.committed(), Runnable::run, options);
    long size = home.item(FILE).sizeBytes();
    var source = past.source(FILE, size, 0, size);
    home.change(OTHER, size, (tx, item) -> home.contents().share(tx, source, OTHER, item, 0));
    home.txgs.commit();
    Set<BlockId> needed = new HashSet<>();
    for (Piece piece : source.pieces()) {
      if (piece instanceof Piece.InChunk stored) {
        needed.add(stored.chunk());
      }
    }
    assertFalse(needed.isEmpty());
    assertEquals(needed, home.chunks.kept);
  }

  @Test
  void share_fromAnotherKeyDomain_storesAgain_withHolesAndCuts() throws IOException {
    home.create(FILE);
    home.create(OTHER);
    byte[] data = data(2 * MIB);
    Arrays.fill(data, MIB / 2, MIB, (byte) 0);
    var source = shredded(data);
    long change =
        home.change(
            OTHER, data.length, (tx, item) -> home.contents().share(tx, source, OTHER, item, 0));
    assertEquals(source.dataBytes(), change);
    assertTrue(change < data.length, "the hole is none");
    assertEquals(Set.of(), home.chunks.kept);
    assertArrayEquals(data, home.readAll(OTHER), "before it is committed");
    home.txgs.commit();
    assertTrue(home.chunks.putBytes.get() >= change, "nothing was stored");
    assertArrayEquals(data, home.readAll(OTHER));
    home.check(OTHER);
  }

  /** A file with a hole, without its first byte, of a project with its own key and store. */
  private static CopySource shredded(byte[] expected) throws IOException {
    var other = new Home(256 * KIB, Runnable::run);
    other.chunks.ownKey = new UUID(1, 1);
    other.create(FILE);
    other.write(FILE, 1, expected);
    other.punch(FILE, 1 + MIB / 2, MIB / 2);
    other.txgs.commit();
    var source = other.contents().source(FILE, expected.length + 1, 1, expected.length);
    assertTrue(source.pieces().stream().anyMatch(piece -> piece instanceof Piece.InChunk));
    return source;
  }

  @Test
  void share_ofOverlappingRanges_isRefused() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(1000));
    assertThrows(IllegalArgumentException.class, () -> home.share(FILE, 0, FILE, 500, 501));
    assertEquals(0, home.share(FILE, 0, FILE, 500, 500));
  }

  @Test
  void capture_ofLittle_isInTheRecordOnce() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(50 * KIB));
    assertTrue(home.fsync(FILE) > 50 * KIB);
    assertEquals(0, home.chunks.puts.get());
    assertEquals(0, home.fsync(FILE));
    home.write(FILE, 100, data(10));
    assertTrue(home.fsync(FILE) < 100);
  }

  @Test
  void capture_ofMuch_storesItAndFreesItsMemory() throws IOException {
    home.create(FILE);
    byte[] data = data(3 * MIB);
    home.write(FILE, 0, data);
    assertTrue(home.fsync(FILE) < 10_000);
    assertTrue(home.contents().dirtyBytes(1) < 10_000, "bytes held");
    assertArrayEquals(data, home.readAll(FILE));
    long puts = home.chunks.puts.get();
    home.txgs.commit();
    assertEquals(puts, home.chunks.puts.get());
    assertArrayEquals(data, home.readAll(FILE));
    home.check(FILE);
  }

  @Test
  void capture_ofScatteredBlocks_sharesChunksInTheLogOnly() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(4 * MIB));
    home.txgs.commit();
    byte[] expected = home.readAll(FILE);
    long before = home.chunks.puts.get();
    for (int i = 0; i < 40; i++) {
      byte[] block = data(4096);
      home.write(FILE, i * 100_000L, block);
      System.arraycopy(block, 0, expected, i * 100_000, 4096);
    }
    home.fsync(FILE);
    assertTrue(home.chunks.puts.get() - before <= 20, "chunks stored");
    home.txgs.crash(engine -> home.chunks.puts.get());
    assertArrayEquals(expected, home.readAll(FILE));
  }

  @Test
  void capture_ofFrozenLayer_leavesItAsItIs() throws IOException {
    home.create(FILE);
    byte[] data = data(MIB);
    home.write(FILE, 0, data);
    home.txgs.close();
    home.txgs.writeOut();
    long held = home.contents().dirtyBytes(1);
    assertTrue(home.fsync(FILE) < 10_000);
    assertEquals(held, home.contents().dirtyBytes(1));
    assertEquals(0, home.fsync(FILE));
  }

  @Test
  void capture_whileContentsChange_isOfOneMomentAndMarksOnlyThat() throws IOException {
    home.create(FILE);
    byte[] data = data(1000);
    home.write(FILE, 0, data);
    var captures = home.contents().capture(FILE, home.txgs.live());
    byte[] newer = data(10);
    home.write(FILE, 500, newer);
    home.txgs.append(captures);
    captures.forEach(capture -> capture.onDurable().run());
    int bytes = home.fsync(FILE);
    assertTrue(bytes > 10 && bytes < 100, bytes + " bytes");
    home.txgs.crash(
        engine -> {
          home.create(FILE);
          return 0L;
        });
    System.arraycopy(newer, 0, data, 500, 10);
    assertArrayEquals(data, home.readAll(FILE));
  }

  @Test
  void capture_ofMuch_changedWhileItIsStored_loggedAsItWasAndKeptAsItIs() throws IOException {
    home.create(FILE);
    byte[] then = data(MIB);
    home.write(FILE, 0, then);
    byte[] newer = data(100 * KIB);
    home.chunks.duringPut.set(
        () -> {
          try {
            home.write(FILE, 300 * KIB, newer);
            home.truncate(FILE, 700 * KIB);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    home.fsync(FILE);
    byte[] now = Arrays.copyOf(then, 700 * KIB);
    System.arraycopy(newer, 0, now, 300 * KIB, newer.length);
    assertArrayEquals(now, home.readAll(FILE));
    home.txgs.crash(
        engine -> {
          home.create(FILE);
          return 0L;
        });
    assertArrayEquals(then, home.readAll(FILE));
  }

  @Test
  void capture_ofMuch_cutWhileItIsStored_bringsNothingBack() throws IOException {
    home.create(FILE);
    byte[] data = data(MIB);
    home.write(FILE, 0, Arrays.copyOf(data, 512 * KIB));
    home.write(FILE, 512 * KIB, Arrays.copyOfRange(data, 512 * KIB, MIB));
    home.chunks.duringPut.set(
        () -> {
          try {
            home.truncate(FILE, 512 * KIB);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    home.fsync(FILE);
    home.truncate(FILE, MIB);
    assertArrayEquals(Arrays.copyOf(Arrays.copyOf(data, 512 * KIB), MIB), home.readAll(FILE));
    assertEquals(512 * KIB, home.item(FILE).allocatedBytes());
  }

  @Test
  void replay_forInodeThatIsGone_doesNothing() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(1000));
    home.fsync(FILE);
    home.txgs.crash(engine -> 0L);
    assertNull(home.txgs.live().get(Keys.inode(FILE)));
    assertEquals(0, home.contents().dirtyBytes(home.txgs.openTxg()));
  }

  @Test
  void touched_alone_isCapturedWithTimes() throws IOException {
    home.create(FILE);
    home.txgs.commit();
    assertEquals(0, home.fsync(FILE));
    try (Tx tx = home.txgs.begin()) {
      home.contents().touched(tx, FILE, home.item(FILE));
      tx.put(Keys.inode(FILE), home.item(FILE).withTimes(1, 2, 3).encode());
      tx.apply();
    }
    assertTrue(home.fsync(FILE) > 0);
    home.txgs.crash(engine -> 0L);
    assertEquals(2, home.item(FILE).mtimeNanos());
    assertEquals(3, home.item(FILE).ctimeNanos());
  }

  @Test
  void read_ofDamagedChunk_failsAndNeverGuesses() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(100 * KIB));
    home.txgs.commit();
    home.chunks.failGets = true;
    assertThrows(BlockStoreException.Corrupt.class, () -> home.readAll(FILE));
  }

  @Test
  void constructor_withExtentsShorterThanChunks_refuses() {
    var options = new FileContents.Options(1, 0, 1000);
    assertThrows(
        IllegalArgumentException.class,
        () -> new FileContents(home.chunks, home.txgs.live(), Runnable::run, options));
    assertThrows(IllegalArgumentException.class, () -> new FileContents.Options(0, 0, 1));
  }

  @Test
  void committed_leavesNoTraceOfAFile() throws IOException {
    home.create(FILE);
    home.write(FILE, 0, data(10));
    assertTrue(home.fsync(FILE) > 0);
    home.txgs.commit();
    assertEquals(0, home.fsync(FILE));
    assertFalse(home.txgs.isSyncing());
  }
}
