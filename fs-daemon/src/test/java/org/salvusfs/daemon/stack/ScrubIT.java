package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scrub through a real mount: it finds what is damaged, and goes on after a restart. */
@Tag("mount")
class ScrubIT {
  private static final int FILE_BYTES = 3_000_000;
  private static final int DAMAGED = 1;

  /** Inside the first file's contents, wherever its chunks end. */
  private static final long FLIPPED_AT = 1_000_000;

  @TempDir Path directory;
  private DevStack stack;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    configure("1GiB");
    stack.start();
    byte[] contents = new byte[FILE_BYTES];
    new Random(1).nextBytes(contents);
    Files.write(stack.home().resolve("file"), contents);
    salvus(0, "snapshot", "create", "demo", "commit");
  }

  private void configure(String bytesPerSecond) throws IOException {
    stack.configure(
        "cassandra: {local: yes}\ncontrol: {port: 0}\nscrub: {bytes-per-second: "
            + bytesPerSecond
            + "}\n");
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void flippedByte_isNamed_asEventAndInTheLog_andIsGoneOnceMended() throws Exception {
    assertEquals(0, report(salvus(0, "scrub", "start", "--wait", "--json")).at("/damage").size());
    Path pack = pack();
    flip(pack);

    String found = salvus(DAMAGED, "scrub", "start", "--wait");
    String name = pack.getFileName().toString();
    assertTrue(found.contains(name + " at "), found);
    JsonNode report = report(salvus(DAMAGED, "scrub", "status", "--json"));
    assertEquals(1, report.at("/damage").size(), report.toString());
    assertEquals(name, report.at("/damage/0/pack").asText());
    long offset = report.at("/damage/0/offset").asLong();
    assertTrue(offset <= FLIPPED_AT && offset > FLIPPED_AT - (300 << 10), report.toString());
    String block = report.at("/damage/0/block").asText();
    assertTrue(salvus(0, "events").contains(block), "the event names the block");
    assertTrue(stack.errors().contains(block), "the log names the block");
    // A sealed pack is read another way than the one that was being written.
    assertEquals(0, stack.stop());
    stack.start();
    assertTrue(
        salvus(DAMAGED, "scrub", "status").contains(block), "the report outlives the daemon");
    assertTrue(salvus(DAMAGED, "scrub", "start", "--wait").contains(block));

    flip(pack);
    JsonNode mended = report(salvus(0, "scrub", "start", "--wait", "--json"));
    assertEquals(0, mended.at("/damage").size(), mended.toString());
    assertTrue(mended.at("/bytes").asLong() >= FILE_BYTES, mended.toString());
    assertEquals(FILE_BYTES, Files.readAllBytes(stack.home().resolve("file")).length);
  }

  @Test
  void damagedBlock_thatIsWrittenAgain_isWhole() throws Exception {
    flip(pack());
    assertEquals(0, stack.stop());
    stack.start();
    salvus(DAMAGED, "scrub", "start", "--wait");
    assertThrows(IOException.class, () -> Files.readAllBytes(stack.home().resolve("file")));
    byte[] contents = new byte[FILE_BYTES];
    new Random(1).nextBytes(contents);
    Files.write(stack.home().resolve("again"), contents);
    salvus(0, "snapshot", "create", "demo", "again");
    salvus(0, "scrub", "start", "--wait");
    assertEquals(-1, Files.mismatch(stack.home().resolve("file"), stack.home().resolve("again")));
  }

  @Test
  void restart_inTheMiddle_goesOn() throws Exception {
    assertEquals(0, stack.stop());
    configure("256KiB");
    stack.start();
    String started = json(salvus(0, "scrub", "start", "--json")).at("/running/started").asText();
    DevStack.await(
        Duration.ofMinutes(1), () -> runningBytes() > FILE_BYTES / 8, () -> "it does not get on");
    assertEquals(0, stack.stop());
    configure("1GiB");
    stack.start();
    DevStack.await(
        Duration.ofMinutes(1),
        () -> status().at("/running").isNull(),
        () -> "it does not end: " + status());
    JsonNode report = status().at("/last");
    assertEquals(started, report.at("/started").asText(), report.toString());
    assertEquals(report.at("/totalBytes").asLong(), report.at("/bytes").asLong());
    assertTrue(report.at("/bytes").asLong() >= FILE_BYTES, report.toString());
    assertTrue(report.at("/bytes").asLong() < FILE_BYTES * 11L / 10, "nothing is read twice");
    assertEquals(0, report.at("/damage").size());
  }

  private JsonNode status() {
    try {
      return json(stack.run("scrub", "status", "--json").output());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private long runningBytes() {
    return status().at("/running/bytes").asLong();
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  private static JsonNode report(String text) throws IOException {
    return json(text).at("/last");
  }

  /** The pack that holds the file. */
  private Path pack() throws IOException {
    try (var files = Files.list(stack.data().resolve("packs"))) {
      return files.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
    }
  }

  private static void flip(Path pack) throws IOException {
    try (var file = FileChannel.open(pack, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      file.read(one, FLIPPED_AT);
      one.put(0, (byte) (one.get(0) ^ 4)).flip();
      file.write(one, FLIPPED_AT);
    }
  }

  private String salvus(int exit, String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(exit, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
