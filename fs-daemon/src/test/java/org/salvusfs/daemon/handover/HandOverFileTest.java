package org.salvusfs.daemon.handover;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.fuse.kernel.Negotiated;
import org.salvusfs.daemon.vfs.MountState;
import org.salvusfs.daemon.vfs.ProjectState;
import org.salvusfs.metadata.api.ProjectId;

final class HandOverFileTest {
  private static final ProjectId ALPHA = new ProjectId(new UUID(1, 2));
  private static final ProjectId BETA = new ProjectId(new UUID(3, 4));
  private static final Negotiated NEGOTIATED =
      new Negotiated(45, 1 << 20, 1L << 40 | 0xffff_ffffL, 1 << 20, 256);

  private static final Instant MADE = Instant.ofEpochMilli(1_795_269_900_123L);

  private static final BlockId ROOT = BlockId.parse("5a".repeat(BlockId.BYTES));

  @TempDir private Path directory = Path.of("");

  private static HandOver state() {
    byte[] noText = {(byte) 0xff, 1};
    var open = new ProjectState.OpenDirectory(9, 17, List.of("a".getBytes(UTF_8), noText));
    return new HandOver(
        Path.of("/projects/où"),
        NEGOTIATED,
        new MountState(
            new MountState.Top(
                42, 7, Map.of(7L, List.of(new MountState.Listed(BETA, "thèse")), 5L, List.of())),
            List.of(
                new MountState.Live(
                    1,
                    new ProjectState(ALPHA, new long[] {1, 2, Long.MAX_VALUE, 3}, 9, List.of(open)),
                    new ProjectState(ALPHA, new long[] {1L << 39 | 1, 1}, 2, List.of())),
                new MountState.Live(2, ProjectState.unknown(BETA), ProjectState.unknown(BETA)),
                new MountState.Past(
                    7, MADE, 17, new ProjectState(ALPHA, new long[] {17, 4}, 1, List.of(open))),
                new MountState.Linked(
                    8, 19, ROOT, new ProjectState(BETA, new long[] {0, 2}, 4, List.of(open))),
                new MountState.Linked(9, 20, null, ProjectState.unknown(BETA)))));
  }

  private Path written() throws IOException {
    Path file = directory.resolve("hand-over");
    HandOverFile.write(file, state());
    return file;
  }

  @Test
  void read_givesWhatWasWritten() throws Exception {
    Path file = written();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    HandOver read = HandOverFile.read(file);
    assertEquals(state().mountPoint(), read.mountPoint());
    assertEquals(NEGOTIATED, read.negotiated());
    assertEquals(state().mount().top(), read.mount().top());
    assertEquals(5, read.mount().trees().size());
    var alpha = (MountState.Live) read.mount().trees().getFirst();
    var expected = (MountState.Live) state().mount().trees().getFirst();
    assertSame(expected.project(), alpha.project());
    assertSame(expected.snapshots(), alpha.snapshots());
    assertEquals(17, alpha.project().directories().getFirst().inode());
    assertEquals(2, read.mount().trees().get(1).ordinal());
    var past = (MountState.Past) read.mount().trees().get(2);
    assertEquals(7, past.ordinal());
    assertEquals(MADE, past.created());
    assertEquals(17, past.top());
    assertSame(((MountState.Past) state().mount().trees().get(2)).known(), past.known());
    var linked = (MountState.Linked) read.mount().trees().get(3);
    assertEquals(8, linked.ordinal());
    assertEquals(19, linked.at());
    assertEquals(ROOT, linked.told());
    assertSame(((MountState.Linked) state().mount().trees().get(3)).known(), linked.known());
    assertNull(((MountState.Linked) read.mount().trees().getLast()).told());
  }

  private static void assertSame(ProjectState expected, ProjectState actual) {
    assertEquals(expected.project(), actual.project());
    assertArrayEquals(expected.lookups(), actual.lookups());
    assertEquals(expected.lastHandle(), actual.lastHandle());
    assertEquals(expected.directories().size(), actual.directories().size());
    for (int i = 0; i < expected.directories().size(); i++) {
      var open = expected.directories().get(i);
      assertEquals(open.handle(), actual.directories().get(i).handle());
      assertEquals(open.inode(), actual.directories().get(i).inode());
      assertArrayEquals(open.names().toArray(), actual.directories().get(i).names().toArray());
    }
  }

  @Test
  void read_ofAnyDamage_fails() throws Exception {
    Path file = written();
    byte[] sound = Files.readAllBytes(file);
    for (int at = 0; at < sound.length; at++) {
      byte[] flipped = sound.clone();
      flipped[at] ^= 4;
      Files.write(file, flipped);
      assertThrows(IOException.class, () -> HandOverFile.read(file), "byte " + at);
      Files.write(file, Arrays.copyOf(sound, at));
      assertThrows(IOException.class, () -> HandOverFile.read(file), "cut at " + at);
    }
    Files.write(file, Arrays.copyOf(sound, sound.length + 1));
    assertThrows(IOException.class, () -> HandOverFile.read(file));
  }

  @Test
  void read_ofAnotherVersion_saysSo() throws Exception {
    Path file = written();
    byte[] bytes = Files.readAllBytes(file);
    bytes[11] = 3;
    Files.write(file, bytes);
    var e = assertThrows(IOException.class, () -> HandOverFile.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains("has version 3"), e.getMessage());
  }
}
