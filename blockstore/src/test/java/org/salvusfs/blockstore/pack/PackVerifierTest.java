package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockVisitor;
import org.salvusfs.blockstore.api.PackPlace;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.StoreFixture.Block;

/** What a verification finds, that it goes on where it was broken off, and who is not disturbed. */
class PackVerifierTest {
  private static final int BLOCKS = 60;

  private final StoreFixture fixture = new StoreFixture(new Random(1));
  private final List<Block> blocks = fixture.blocks(0, BLOCKS);

  /** Hears everything; breaks off or does something else at a step. */
  private static final class Heard implements BlockVisitor {
    final List<BlockId> intact = new ArrayList<>();
    final List<Damage> damage = new ArrayList<>();
    PackPlace reached = PackPlace.START;
    long doneBytes;
    int stepsLeft = Integer.MAX_VALUE;
    Runnable meanwhile = () -> {};

    @Override
    public void intact(BlockId id, int sealedBytes) {
      intact.add(id);
    }

    @Override
    public void damaged(Damage found) {
      damage.add(found);
    }

    @Override
    public void progress(PackPlace place, long done, long total) {
      assertTrue(done <= total, done + " of " + total);
      reached = place;
      doneBytes = done;
      meanwhile.run();
      if (--stepsLeft == 0) {
        throw new CancellationException();
      }
    }

    Set<BlockId> damaged() {
      var ids = new HashSet<BlockId>();
      damage.forEach(one -> ids.add(Objects.requireNonNull(one.id(), one.toString())));
      return ids;
    }
  }

  private PackChunkStore filled() throws BlockStoreException {
    try (PackChunkStore store = fixture.open()) {
      for (Block block : blocks) {
        StoreFixture.put(store, block);
      }
    }
    return fixture.open();
  }

  private Heard verify(PackChunkStore store) throws BlockStoreException {
    var heard = new Heard();
    store.verify(PackPlace.START, fixture.codec, heard);
    return heard;
  }

  private Location place(Block block) {
    return Objects.requireNonNull(fixture.index.get(block.id()));
  }

  /** Flips a bit of a block's payload; again: mends it. */
  private void flip(Block block) throws IOException {
    Location at = place(block);
    long bit = (at.offset() + PackFormat.RECORD_HEADER_BYTES + at.length() / 2) * 8L + 3;
    fixture.disk.flipBit(PackFormat.fileName(at.pack()), bit);
  }

  private void flip(List<Block> flipped) throws IOException {
    for (Block block : flipped) {
      flip(block);
    }
  }

  private Set<BlockId> all() {
    var ids = new HashSet<BlockId>();
    blocks.forEach(block -> ids.add(block.id()));
    return ids;
  }

  @Test
  void plantedFlips_areNamedWithPackAndOffset_andAreGoneOnceMended() throws Exception {
    try (PackChunkStore store = filled()) {
      var flipped = List.of(blocks.get(3), blocks.get(20), blocks.get(BLOCKS - 1));
      flip(flipped);
      Heard heard = verify(store);
      assertEquals(flipped.size(), heard.damage.size(), heard.damage.toString());
      for (Block block : flipped) {
        Location at = place(block);
        assertTrue(
            heard.damage.contains(
                new BlockVisitor.Damage(
                    PackFormat.fileName(at.pack()),
                    at.offset(),
                    block.id(),
                    "the checksum of its bytes differs")),
            heard.damage.toString());
        assertFalse(store.contains(block.id()), "damaged blocks are stored again");
      }
      assertEquals(BLOCKS - flipped.size(), heard.intact.size());

      flip(flipped);
      assertEquals(List.of(), verify(store).damage);
      for (Block block : flipped) {
        fixture.assertPresent(store, block, "mended");
      }
    }
  }

  @Test
  void damagedBlock_thatIsStoredAgain_isNoDamageAnyMore() throws Exception {
    try (PackChunkStore store = filled()) {
      flip(blocks.get(7));
      assertEquals(Set.of(blocks.get(7).id()), verify(store).damaged());
      StoreFixture.put(store, blocks.get(7));
      store.sync();
      Heard heard = verify(store);
      assertEquals(List.of(), heard.damage);
      assertEquals(all(), new HashSet<>(heard.intact));
    }
  }

  @Test
  void blockOfOtherContents_withARightChecksumAndKey_isFoundByItsId() throws Exception {
    Block block = blocks.get(0);
    byte[] other = block.plaintext().clone();
    other[0] ^= 1;
    byte[] sealed = fixture.codec.seal(block.id(), other, 0, other.length);
    try (PackChunkStore store = fixture.open()) {
      store.put(block.id(), sealed);
      store.sync();
      assertNotEquals(block.id(), fixture.codec.id(ByteBuffer.wrap(other)));
      Heard heard = verify(store);
      assertEquals(Set.of(block.id()), heard.damaged());
      assertTrue(heard.damage.getFirst().reason().contains("other contents"));
    }
  }

  @Test
  void tornTail_ofACrash_isNoDamage() throws Exception {
    var after = new StoreFixture(new Random(2));
    List<Block> few = blocks.subList(0, 4);
    try (PackChunkStore store = fixture.open()) {
      for (Block block : few) {
        StoreFixture.put(store, block);
      }
      store.sync();
      Location last = place(few.getLast());
      String name = PackFormat.fileName(last.pack());
      int torn = (int) last.offset() + PackFormat.RECORD_HEADER_BYTES + last.length() / 2;
      after.disk.plant(name, Arrays.copyOf(fixture.disk.contents(name), torn));
    }
    try (PackChunkStore store = after.open()) {
      var heard = new Heard();
      store.verify(PackPlace.START, after.codec, heard);
      assertEquals(List.of(), heard.damage);
      assertEquals(
          few.subList(0, 3).stream().map(Block::id).toList(), heard.intact, "what is not torn");
    }
  }

  @Test
  void truncatedPack_reportsItsFooterAndEachBlockThatIsGone() throws Exception {
    try (PackChunkStore store = filled()) {
      Location at = place(blocks.get(10));
      String name = PackFormat.fileName(at.pack());
      fixture.disk.plant(name, Arrays.copyOf(fixture.disk.contents(name), (int) at.offset() + 4));
      Heard heard = verify(store);
      assertTrue(
          heard.damage.stream().anyMatch(one -> one.reason().contains("footer")),
          heard.damage.toString());
      assertTrue(
          heard.damage.stream()
              .anyMatch(one -> one.pack().equals(name) && one.offset() == at.offset()),
          heard.damage.toString());
      assertTrue(heard.damage.stream().allMatch(one -> one.pack().equals(name)));
    }
  }

  @Test
  void packThatCannotBeRead_isDamage_andTheOthersAreRead() throws Exception {
    try (PackChunkStore store = filled()) {
      int pack = place(blocks.get(30)).pack();
      long others = blocks.stream().filter(block -> place(block).pack() != pack).count();
      fixture.disk.delete(PackFormat.fileName(pack));
      Heard heard = verify(store);
      assertEquals(1, heard.damage.size(), heard.damage.toString());
      assertEquals(PackFormat.fileName(pack), heard.damage.getFirst().pack());
      assertTrue(heard.damage.getFirst().reason().startsWith("it cannot be read"));
      assertEquals(others, heard.intact.size());
    }
  }

  @Test
  void whatIsNotWrittenYet_isNoDamage() throws Exception {
    try (PackChunkStore store = filled()) {
      StoreFixture.put(store, fixture.block(1000));
      Heard heard = verify(store);
      assertEquals(List.of(), heard.damage);
      assertEquals(BLOCKS, heard.intact.size());
    }
  }

  @Test
  void brokenOffAtEachStep_goesOnThere_andReadsEachBlockOnce() throws Exception {
    try (PackChunkStore store = filled()) {
      Block flipped = blocks.get(31);
      flip(flipped);
      StoreFixture.put(store, fixture.block(1000));
      store.sync();
      long whole = verify(store).doneBytes;
      for (int steps = 1; steps < BLOCKS; steps++) {
        var first = new Heard();
        first.stepsLeft = steps;
        assertThrows(
            CancellationException.class, () -> store.verify(PackPlace.START, fixture.codec, first));
        var second = new Heard();
        store.verify(first.reached, fixture.codec, second);
        assertEquals(whole, first.doneBytes + second.doneBytes, "step " + steps);
        var intact = new ArrayList<>(first.intact);
        intact.addAll(second.intact);
        // One more was put, and one is damaged.
        assertEquals(BLOCKS, intact.size(), "step " + steps);
        assertEquals(BLOCKS, new HashSet<>(intact).size(), "step " + steps);
        var damaged = new ArrayList<>(first.damage);
        damaged.addAll(second.damage);
        assertEquals(1, damaged.size(), "step " + steps);
        assertEquals(flipped.id(), damaged.getFirst().id());
      }
    }
  }

  @Test
  void brokenOff_goesOnAfterTheStoreWasOpenedAgain() throws Exception {
    var first = new Heard();
    first.stepsLeft = BLOCKS / 2;
    try (PackChunkStore store = filled()) {
      assertThrows(
          CancellationException.class, () -> store.verify(PackPlace.START, fixture.codec, first));
    }
    var second = new Heard();
    try (PackChunkStore store = fixture.open()) {
      store.verify(first.reached, fixture.codec, second);
    }
    var intact = new HashSet<>(first.intact);
    intact.addAll(second.intact);
    assertEquals(all(), intact);
    assertEquals(BLOCKS, first.intact.size() + second.intact.size());
  }

  @Test
  void sweepInBetween_deletesAndRewritesPacks_andNothingIsCalledDamaged() throws Exception {
    for (int at = 1; at < BLOCKS; at += 7) {
      var world = new PackVerifierTest();
      try (PackChunkStore store = world.filled()) {
        var live = new ArrayList<Block>();
        for (int i = 0; i < BLOCKS; i += 3) {
          live.add(world.blocks.get(i));
        }
        int step = at;
        var steps = new int[1];
        var result = new ArrayList<Sweep.Result>();
        var heard = new Heard();
        heard.meanwhile =
            () -> {
              if (++steps[0] == step) {
                result.add(sweep(store, live));
              }
            };
        store.verify(PackPlace.START, world.fixture.codec, heard);
        assertEquals(List.of(), heard.damage, "step " + step);
        assertEquals(BLOCKS - live.size(), result.getFirst().chunks(), "the sweep did its work");
        assertEquals(List.of(), world.verify(store).damage);
      }
    }
  }

  private static Sweep.Result sweep(PackChunkStore store, List<Block> live) {
    try (Sweep sweep = store.sweep(5)) {
      live.forEach(block -> sweep.marks().add(block.id()));
      return sweep.run(0, Sweep.Pace.UNLIMITED);
    } catch (BlockStoreException e) {
      throw new AssertionError(e);
    }
  }
}
