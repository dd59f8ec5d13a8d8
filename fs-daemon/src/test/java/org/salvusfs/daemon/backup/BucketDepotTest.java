package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.daemon.bucket.S3Server;
import org.salvusfs.daemon.management.TargetName;

/** A bucket is a place for backups, also if what is known of it here is lost, or wrong. */
class BucketDepotTest extends DepotContract {
  private static final BucketDepot.Sizes SIZES = new BucketDepot.Sizes(40_000, 8000);

  @TempDir Path directory = Path.of("");
  private final S3Server server;

  BucketDepotTest() throws Exception {
    server = new S3Server("backups");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Override
  Depot open(String installation) throws IOException {
    return open(server.name("backups/a/b"), installation);
  }

  private Depot open(TargetName.Bucket name, String installation) throws IOException {
    return BucketDepot.open(
        name, directory.resolve(installation), "installation " + installation, SIZES);
  }

  @Test
  void whatIsKnownHere_canBeLost() throws IOException {
    Map<BlockId, byte[]> blocks = blocks(30);
    put("here", blocks);
    put("here", blocks(30));
    delete(directory.resolve("here"));
    assertHolds("here", blocks);
    Map<String, Long> before = put("here", blocks);
    try (Depot depot = open("here")) {
      assertEquals(before, depot.packs());
    }
  }

  @Test
  void packThatNeverCame_isNotMistakenForAnother() throws Exception {
    Map<BlockId, byte[]> lost = blocks(3);
    loseTheServerAtTheEndOf(lost);
    Map<BlockId, byte[]> others = blocks(3);
    put("there", others); // the same number
    assertHolds("here", others);
    try (Depot depot = open("here");
        ChunkStore packs = depot.openPacks()) {
      for (BlockId id : lost.keySet()) {
        assertFalse(packs.contains(id));
      }
    }
    put("here", lost);
    assertHolds("there", lost);
  }

  @Test
  void packThatNeverCame_isCopiedAgain() throws Exception {
    Map<BlockId, byte[]> first = blocks(20);
    put("here", first);
    Map<BlockId, byte[]> lost = blocks(20);
    loseTheServerAtTheEndOf(lost);
    put("here", lost);
    assertHolds("here", first);
    assertHolds("here", lost);
    assertHolds("there", lost);
  }

  /** Puts blocks, but the server is gone before the last pack is sealed. */
  private void loseTheServerAtTheEndOf(Map<BlockId, byte[]> blocks) throws Exception {
    try (Depot depot = open("here")) {
      depot.claim(); // and never closed
      ChunkStore packs = depot.openPacks();
      for (var block : blocks.entrySet()) {
        packs.put(block.getKey(), block.getValue());
      }
      packs.sync();
      server.leave();
      var failed = assertThrows(IOException.class, packs::close);
      assertTrue(
          String.valueOf(failed.getMessage()).contains("does not answer"), failed.toString());
      server.comeBack();
      depot.delete(BucketDepot.WRITER); // as the sentence for others tells them to
    }
  }

  @Test
  void claim_ofADaemonThatWasKilled_isItsOwn_andNamedToOthers() throws IOException {
    try (Depot here = open("here");
        Depot there = open("there")) {
      here.claim(); // and never closed
      here.claim().close();
      here.claim();
      var refused = assertThrows(TargetException.class, there::claim);
      var message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("s3://backups/a/b/writer says that installation here"), message);
      assertTrue(message.contains("delete that object"), message);
    }
  }

  @Test
  void writerWhoseClaimWasTaken_uploadsNoMore() throws IOException {
    try (Depot here = open("here");
        Depot there = open("there")) {
      here.claim();
      ChunkStore packs = here.openPacks();
      blocks(3).forEach((id, block) -> putUnchecked(packs, id, block));
      there.delete(BucketDepot.WRITER);
      try (Depot.Claim claim = there.claim()) {
        var refused = assertThrows(IOException.class, packs::close);
        assertTrue(refused.toString().contains("installation there"), refused.toString());
        assertEquals(Map.of(), there.packs());
      }
    }
  }

  private static void putUnchecked(ChunkStore packs, BlockId id, byte[] sealed) {
    try {
      packs.put(id, sealed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void objectsOutsideThePrefix_areNobodysBusiness() throws IOException {
    try (Depot above = open(server.name("backups/a"), "above");
        Depot beside = open(server.name("backups/a/bc"), "beside");
        Depot depot = open("here")) {
      beside.put("x", "x".getBytes(UTF_8));
      above.put("y", "y".getBytes(UTF_8));
      assertEquals(List.of(), depot.list());
      assertEquals(List.of("bc", "y"), above.list());
    }
  }

  @Test
  void serverThatRefuses_isExplained() throws Exception {
    assertSentence(server.name("nothere/x"), "there is no bucket \"nothere\" at http://127");
    S3Server.forgetSecret();
    try {
      assertSentence(
          server.name("backups/x"), "(SignatureDoesNotMatch); check the daemon's access");
    } finally {
      S3Server.rememberSecret();
    }
    var profile = (TargetName.Bucket) TargetName.parse(server.text("backups/x") + "&profile=none");
    assertSentence(profile, "no access key in profile \"none\"");
    server.leave();
    assertSentence(server.name("backups/x"), "does not answer");
    server.comeBack();
  }

  private void assertSentence(TargetName.Bucket name, String expected) throws IOException {
    try (Depot depot = open(name, "here")) {
      var refused = assertThrows(TargetException.class, () -> Target.look(depot));
      var message = String.valueOf(refused.getMessage());
      assertTrue(message.contains(expected), message);
      assertTrue(message.startsWith("the target s3://"), message);
      assertFalse(message.contains("local-"), message); // as key and secret begin
    }
  }

  private static void delete(Path tree) throws IOException {
    try (var paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
