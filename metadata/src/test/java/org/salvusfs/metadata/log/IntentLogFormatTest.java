package org.salvusfs.metadata.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.disk.SimulatedDisk;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;

/**
 * Log files of version 1 stay readable, and are written as they were. Blocks are sealed by a codec
 * for tests: the block format has golden files of its own.
 */
class IntentLogFormatTest {
  private static final ProjectId PROJECT = ProjectId.parse("01234567-89ab-cdef-0123-456789abcdef");
  private static final String NAME =
      "log-01234567-89ab-cdef-0123-456789abcdef-0000000000000003-0000000000000003"
          + "-0000000000000000";
  private static final int GOLDEN_BYTES = 4608;

  @Test
  void file_ofVersion1_isRead() throws IOException {
    var disk = new SimulatedDisk(new Random(1));
    disk.plant(NAME, golden());
    var log = log(disk, 4);
    assertEquals(List.of("first", "second"), IntentLogContract.texts(log.recover(0)));
  }

  @Test
  void file_writtenToday_isOfVersion1() throws IOException {
    var disk = new SimulatedDisk(new Random(1));
    var log = log(disk, 3);
    log.append(Txgs.base(3) + 1, IntentLogContract.bytes("first"));
    log.append(Txgs.base(3) + 2, IntentLogContract.bytes("second"));
    assertArrayEquals(golden(), Arrays.copyOf(disk.contents(NAME), GOLDEN_BYTES));
  }

  private static HostIntentLog log(SimulatedDisk disk, long epoch) throws IOException {
    var directory = HostLogDirectory.open(disk, HostLogs.SMALL, () -> 0x1122334455667788L);
    var fence = new Fence(PROJECT, epoch, Openings.HOST, new UUID(5, 5));
    return new HostIntentLog(directory, new XorCodec(), fence);
  }

  private static byte[] golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            IntentLogFormatTest.class.getResourceAsStream("/golden/intent-log-v1.bin"))) {
      return in.readAllBytes();
    }
  }
}
