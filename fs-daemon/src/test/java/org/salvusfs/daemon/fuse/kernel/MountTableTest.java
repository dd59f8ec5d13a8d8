package org.salvusfs.daemon.fuse.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MountTableTest {
  private static final String TEXT =
      """
      22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
      40 22 0:50 / /mnt/a\\040b rw,nosuid shared:3 master:1 - fuse.salvusfs salvusfs rw,user_id=0
      41 22 0:51 / /mnt/plain rw - tmpfs tmpfs rw
      42 41 0:52 / /mnt/plain rw - fuse.salvusfs salvusfs rw
      43 22 0:53 / /mnt/\u00c3\u00a9 rw - proc proc rw
      nonsense
      """;

  private final MountTable table = MountTable.parse(TEXT);

  @Test
  void parse_everyMount_isFound() {
    assertEquals(5, table.rows().size());
  }

  @Test
  void on_escapedPath_isFound() {
    MountTable.Row row = table.on(Path.of("/mnt/a b")).orElseThrow();
    assertEquals("0:50", row.device());
    assertEquals("50", row.connection());
    assertEquals("fuse.salvusfs", row.type());
  }

  @Test
  void on_stackedMounts_givesTopmost() {
    assertEquals("0:52", table.on(Path.of("/mnt/plain")).orElseThrow().device());
  }

  @Test
  void on_pathWithUtf8_isFound() {
    assertEquals("proc", table.on(Path.of("/mnt/\u00e9")).orElseThrow().type());
  }

  @Test
  void on_directoryThatIsNoMount_isEmpty() {
    assertTrue(table.on(Path.of("/mnt")).isEmpty());
  }
}
