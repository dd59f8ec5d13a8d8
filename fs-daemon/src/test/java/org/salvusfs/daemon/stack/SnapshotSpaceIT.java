package org.salvusfs.daemon.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bill, the bound of snapshots' space, and how projects are kept, through a real mount. */
@Tag("mount")
class SnapshotSpaceIT {
  private static final int FILE_BYTES = 700_000;
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  @TempDir Path directory;
  private DevStack stack;
  private Path home;
  private final Random random = new Random(4);

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\nsnapshots: {factor: 1}\n");
    stack.start();
    home = stack.home();
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void snapshotsAboveTheBound_areRefusedAndNoticed_untilOneIsDeleted() throws Exception {
    salvus(0, "project", "set", "demo", "--quota", "1M", "--snapshots", "none");
    Files.createDirectory(home.resolve("dir"));
    overwrite();
    salvus(0, "snapshot", "create", "demo", "one");
    assertEquals(0, bill().at("/heldBytes").asLong());
    overwrite();
    salvus(0, "snapshot", "create", "demo", "two");
    overwrite();
    assertEquals(List.of("one", "two"), snapshots(home));

    String refused = salvus(11, "snapshot", "create", "demo", "three");
    assertTrue(refused.contains("1 times its quota of 1M"), refused);
    assertTrue(refused.contains("\"one\" alone frees 683"), refused);
    JsonNode full = bill();
    assertEquals(2 * FILE_BYTES, full.at("/heldBytes").asLong());
    assertEquals(FILE_BYTES, full.at("/snapshots/0/freedBytes").asLong());
    assertEquals(FILE_BYTES, full.at("/snapshots/1/freedBytes").asLong());
    assertEquals(1 << 20, full.at("/boundBytes").asLong());
    requireNotice(home);
    requireNotice(home.resolve("dir"));
    assertTrue(salvus(0, "events", "demo").contains("snapshots-full"));

    // A backup needs a snapshot for a moment, and makes it all the same.
    salvus(0, "backup", directory.resolve("backup").toString(), "--key", "include");
    assertEquals(List.of("NOTICE", "one", "two"), snapshots(home));

    stack.killDaemon();
    stack.start();
    JsonNode again = bill();
    assertEquals(full.at("/heldBytes"), again.at("/heldBytes"), "after kill -9");
    assertEquals(full.at("/snapshots"), again.at("/snapshots"), "after kill -9");
    DevStack.await(DEADLINE, () -> Files.exists(home.resolve(".snapshots/NOTICE")), stack::errors);
    requireNotice(home);

    salvus(0, "snapshot", "delete", "demo", "one");
    assertEquals(List.of("two"), snapshots(home));
    assertFalse(Files.exists(home.resolve(".snapshots/NOTICE")));
    assertFalse(Files.exists(home.resolve("dir/.snapshots/NOTICE")));
    assertEquals(FILE_BYTES, bill().at("/heldBytes").asLong());
    salvus(0, "snapshot", "create", "demo", "three");
    assertTrue(salvus(0, "bill", "demo").contains("DELETING FREES"));
    salvus(0, "check", "demo");
  }

  private void requireNotice(Path where) throws IOException {
    Path notice = where.resolve(".snapshots/NOTICE");
    assertTrue(snapshots(where).contains("NOTICE"));
    String text = Files.readString(notice);
    assertTrue(text.startsWith("no new snapshots of project demo"), text);
    assertEquals(text.length(), Files.size(notice));
    assertThrows(FileSystemException.class, () -> Files.writeString(notice, "mine"));
    assertThrows(FileSystemException.class, () -> Files.delete(notice));
  }

  @Test
  void compressionAndDurability_changeWhileTheProjectIsUsed_andNothingIsLost() throws Exception {
    byte[] text = "all work and no play ".repeat(50_000).getBytes(UTF_8);
    Files.write(home.resolve("lz4"), text);
    String said =
        salvus(0, "project", "set", "demo", "--compression", "zstd", "--durability", "quorum");
    assertTrue(said.contains("host until it is opened next"), said);
    text[0] = 'A';
    Files.write(home.resolve("zstd"), text);
    salvus(0, "snapshot", "create", "demo", "committed");
    try (var file =
        FileChannel.open(
            home.resolve("logged"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(text));
      file.force(true);
    }
    stack.killDaemon();
    stack.start();
    assertArrayEquals(text, Files.readAllBytes(home.resolve("logged")), "logged before the move");
    String shown = salvus(0, "project", "show", "demo");
    assertTrue(shown.contains("durability quorum\ncompression zstd"), shown);
    text[1] = 'L';
    try (var file = FileChannel.open(home.resolve("logged"), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(text));
      file.force(true);
    }
    stack.killDaemon();
    stack.start();
    assertArrayEquals(text, Files.readAllBytes(home.resolve("logged")), "logged after the move");
    assertEquals('a', Files.readAllBytes(home.resolve("lz4"))[0]);
    salvus(0, "check", "demo");
    String made = salvus(0, "project", "clone", "demo", "clone");
    assertTrue(made.contains("clone"), made);
    assertTrue(salvus(0, "project", "show", "clone").contains("compression zstd"));
  }

  private void overwrite() throws IOException {
    byte[] contents = new byte[FILE_BYTES];
    random.nextBytes(contents);
    Files.write(home.resolve("file"), contents);
  }

  private JsonNode bill() throws Exception {
    return new ObjectMapper().readTree(salvus(0, "bill", "demo", "--json"));
  }

  private static List<String> snapshots(Path of) throws IOException {
    var names = new ArrayList<String>();
    try (var entries = Files.newDirectoryStream(of.resolve(".snapshots"))) {
      entries.forEach(each -> names.add(each.getFileName().toString()));
    }
    names.sort(null);
    return names;
  }

  private String salvus(int exit, String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(exit, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
