package org.salvusfs.daemon.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.KeyWrap;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;

/** The files and records of backup version 1 are read as they were written, or not at all. */
class BackupFormatTest {
  private static final ProjectId ID = new ProjectId(new UUID(1, 2));
  private static final Instant THEN = Instant.ofEpochMilli(1_700_000_000_123L);
  private static final BlockId ROOT = new BlockId(1, -2, 3, -4);

  private final BlockCodec codec = BlockCodec.of(TestKeys.domain());

  private static ProjectRecord record() {
    var project =
        new Project(ID, "Übung 1", Durability.QUORUM, Compression.ZSTD, THEN)
            .withLimits(new Limits(1000, 900, Duration.ofDays(3), Limits.UNLIMITED, 50))
            .withSnapshotPolicy("1h:24");
    var lineage = new Lineage(List.of(new Lineage.Fork(3, 9)));
    var snapshots =
        List.of(
            snapshot(Snapshot.Kind.AUTO, Lineage.STRAIGHT, Set.of(), Map.of()),
            snapshot(Snapshot.Kind.MANUAL, lineage, Set.of("b", "a"), Map.of()),
            snapshot(
                    Snapshot.Kind.BEFORE_RESTORE,
                    lineage,
                    Set.of(),
                    Map.of(ID, new UUID(3, 3), new ProjectId(new UUID(0, 1)), new UUID(4, 4)))
                .deleting());
    return new ProjectRecord(project, ROOT, 77, 12345, snapshots);
  }

  private static Snapshot snapshot(
      Snapshot.Kind kind, Lineage lineage, Set<String> holds, Map<ProjectId, UUID> clones) {
    return new Snapshot(
        ID,
        THEN,
        "s " + kind,
        ROOT,
        12,
        13,
        14,
        kind,
        "why – " + kind,
        lineage,
        holds,
        clones,
        false);
  }

  private Manifest manifest() {
    return new Manifest(
        THEN,
        new UUID(8, 9),
        Map.of("pack-00000001.spk", 4096L, "pack-00000002.spk", 1L << 40),
        Map.of(ID, ROOT));
  }

  @Test
  void record_isReadAsItWasWritten_andIsTheSameEachTime() throws IOException {
    byte[] encoded = record().encode();
    assertEquals(record(), ProjectRecord.decode(encoded));
    assertTrue(Arrays.equals(encoded, record().encode()));
  }

  @Test
  void record_ofAProjectWithItsOwnKey_isOneOfVersion2_thatSaysNoMoreOfIt() throws IOException {
    ProjectRecord shared = record();
    var own =
        new ProjectRecord(
            shared.project().withOwnKey(),
            shared.root(),
            shared.txg(),
            shared.bytes(),
            shared.snapshots());
    byte[] encoded = own.encode();
    assertEquals(own, ProjectRecord.decode(encoded));
    byte[] before = shared.encode();
    assertEquals(1, before[4]);
    before[4] = 2;
    assertTrue(Arrays.equals(before, encoded));
  }

  @Test
  void projectKeys_areReadAsTheyWereWritten_andDamageIsRefused() throws IOException {
    byte[] one = new byte[KeyWrap.WRAPPED_BYTES];
    Arrays.fill(one, (byte) 7);
    var keys = new ProjectKeys(Map.of(ID, one, new ProjectId(new UUID(-1, 5)), one.clone()));
    String text = keys.text();
    ProjectKeys read = ProjectKeys.parse(text);
    assertEquals(keys.wrapped().keySet(), read.wrapped().keySet());
    for (byte[] each : read.wrapped().values()) {
      assertTrue(Arrays.equals(one, each));
    }
    for (int at = 0; at < text.length(); at++) {
      var flipped = new StringBuilder(text);
      flipped.setCharAt(at, (char) (text.charAt(at) ^ 1));
      assertThrows(IOException.class, () -> ProjectKeys.parse(flipped.toString()), "at " + at);
      String cut = text.substring(0, at);
      assertThrows(IOException.class, () -> ProjectKeys.parse(cut), "at " + at);
    }
  }

  @Test
  void record_thatIsCut_orOfAnotherVersion_isRefused() {
    byte[] encoded = record().encode();
    for (int length = 0; length < encoded.length; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);
      assertThrows(IOException.class, () -> ProjectRecord.decode(cut));
    }
    byte[] longer = Arrays.copyOf(encoded, encoded.length + 1);
    assertThrows(IOException.class, () -> ProjectRecord.decode(longer));
    byte[] newer = encoded.clone();
    newer[4] = 3;
    var refused = assertThrows(IOException.class, () -> ProjectRecord.decode(newer));
    assertTrue(String.valueOf(refused.getMessage()).contains("version 3"));
  }

  @Test
  void manifest_isReadAsItWasWritten_andDamageIsRefused() throws IOException {
    byte[] file = manifest().encode(codec);
    assertEquals(manifest(), Manifest.decode(file, codec));
    for (int at = 0; at < file.length; at++) {
      byte[] flipped = file.clone();
      flipped[at] ^= (byte) (1 << (at % Byte.SIZE));
      assertThrows(IOException.class, () -> Manifest.decode(flipped, codec));
      byte[] cut = Arrays.copyOf(file, at);
      assertThrows(IOException.class, () -> Manifest.decode(cut, codec));
    }
    BlockCodec other = BlockCodec.of(TestKeys.domain(1));
    assertThrows(IOException.class, () -> Manifest.decode(file, other));
  }

  @Test
  void header_isReadAsItWasWritten_andDamageIsRefused() throws IOException {
    byte[] check = new byte[16];
    new Random(1).nextBytes(check);
    for (boolean hasKey : new boolean[] {true, false}) {
      String text = new TargetHeader(check, hasKey).text();
      TargetHeader read = TargetHeader.parse(text);
      assertTrue(Arrays.equals(check, read.keyCheck()));
      assertEquals(hasKey, read.hasKey());
      for (int at = 0; at < text.length(); at++) {
        String flipped =
            text.substring(0, at) + (char) (text.charAt(at) ^ 1) + text.substring(at + 1);
        assertThrows(IOException.class, () -> TargetHeader.parse(flipped));
      }
    }
  }
}
