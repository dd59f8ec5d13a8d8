package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collection of garbage through a real mount: space comes back, and nothing else goes. */
@Tag("mount")
@Tag("promise")
@Tag("promise-12")
class GarbageIT {
  private static final int FILE_BYTES = 3_000_000;
  private static final int FILES = 16;

  @TempDir Path directory;
  private DevStack stack;
  private Path home;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    configure("{period: 0s, grace: 1s, bytes-per-second: 1GiB}");
    stack.start();
    home = stack.home();
  }

  private void configure(String garbage) throws IOException {
    stack.configure("cassandra: {local: yes}\ncontrol: {port: 0}\ngc: " + garbage + "\n");
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void run_underLoad_givesTheSpaceBack_andTakesNothingThatIsInUse() throws Exception {
    write(0, FILES);
    salvus("snapshot", "create", "demo", "all");
    for (int i = 0; i < FILES; i++) {
      if (i % 4 != 0) {
        Files.delete(home.resolve("f" + i));
      }
    }
    JsonNode first = collect();
    assertEquals(0, first.at("/freed/chunks").asLong(), "the snapshot has it all");
    try (var load = new Load(home.resolve("load"))) {
      load.awaitRounds(2);
      salvus("snapshot", "delete", "demo", "all");
      JsonNode second = collect();
      assertTrue(second.at("/freed/chunks").asLong() > 100, second.toString());
      load.awaitRounds(2);
    }
    salvus("gc", "run");
    assertSpaceIsThatOfLive((long) FILES / 4 * FILE_BYTES + Load.FILES * Load.FILE_BYTES);
    assertSound();
    // Dropped caches: what is read comes from the packs.
    assertEquals(0, stack.stop());
    stack.start();
    for (int i = 0; i < FILES; i += 4) {
      assertTrue(Arrays.equals(contents(i), Files.readAllBytes(home.resolve("f" + i))), "f" + i);
    }
    assertSound();
    String status = salvus("gc", "status");
    assertFalse(status.contains("there was no run"), status);
    assertTrue(status.contains("only when it is asked"), status);
  }

  @Test
  void kill_inTheMiddleOfARun_harmsNothing_andTheRerunFinishes() throws Exception {
    stack.stop();
    configure("{period: 0s, grace: 1s, bytes-per-second: 512KiB}");
    stack.start();
    write(0, FILES);
    for (int i = 0; i < FILES; i++) {
      if (i % 2 != 0) {
        Files.delete(home.resolve("f" + i));
      }
    }
    // Moving what is left takes far longer than this test at that rate.
    var run = new AtomicReference<DevStack.@Nullable Result>();
    var client =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    run.set(stack.run("gc", "run"));
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    while (!salvus("gc", "status", "--json").contains("\"SWEEPING\"")) {
      assertTrue(client.isAlive(), () -> "the run is over: " + run.get());
    }
    // One more file is committed while chunks are being moved.
    write(FILES, FILES + 1);
    salvus("snapshot", "create", "demo", "meanwhile");
    stack.killDaemon();
    client.join();
    DevStack.Result killed = run.get();
    assertTrue(killed != null && killed.exit() != 0, () -> "the run ended well: " + killed);

    configure("{period: 0s, grace: 1s, bytes-per-second: 1GiB}");
    stack.start();
    assertSound();
    assertEquals("DONE", collect().at("/phase").asText());
    assertSpaceIsThatOfLive((FILES / 2 + 1L) * FILE_BYTES);
    assertSound();
    for (int i = 0; i < FILES; i += 2) {
      assertTrue(Arrays.equals(contents(i), Files.readAllBytes(home.resolve("f" + i))), "f" + i);
    }
  }

  @Test
  void run_countsWhatEachProjectTakes_andWhatTheyShare() throws Exception {
    write(0, 4);
    assertTrue(bill("demo").isNull(), "nothing was counted yet");
    salvus("project", "clone", "demo", "other");
    Files.delete(home.resolve("f0"));
    Files.write(stack.home("other").resolve("own"), contents(9));
    collect();
    JsonNode demo = bill("demo");
    JsonNode other = bill("other");
    assertEquals(0, demo.at("/errorBytes").asLong());
    assertBytes(3, demo.at("/liveBytes"));
    assertBytes(3, demo.at("/bytes"));
    assertBytes(3, demo.at("/sharedBytes"));
    assertBytes(5, other.at("/liveBytes"));
    assertBytes(3, other.at("/sharedBytes"));
    salvus("snapshot", "create", "demo", "three");
    Files.delete(home.resolve("f1"));
    collect();
    assertBytes(2, bill("demo").at("/liveBytes"));
    assertBytes(3, bill("demo").at("/bytes"));
    assertTrue(salvus("bill", "demo").contains("with snapshots"), salvus("bill", "demo"));

    JsonNode before = bill("demo");
    assertEquals(0, stack.stop());
    stack.start();
    assertEquals(before, bill("demo"), "a restart forgets nothing");
    assertEquals(0, stack.stop());
    Files.writeString(stack.data().resolve("gc.json"), "{\"run\": {}}");
    stack.start();
    assertTrue(bill("demo").isNull(), "what cannot be read is not told");
    collect();
    assertBytes(3, bill("demo").at("/bytes"));
  }

  private JsonNode bill(String project) throws Exception {
    return new ObjectMapper().readTree(salvus("bill", project, "--json")).at("/stored");
  }

  /** They are random bytes, which take what they are, and a little more. */
  private static void assertBytes(long files, JsonNode bytes) {
    long least = files * FILE_BYTES;
    assertTrue(bytes.asLong() >= least && bytes.asLong() < least * 1.01, bytes + " for " + least);
  }

  @Test
  void period_makesTheDaemonCollectByItself() throws Exception {
    stack.stop();
    configure("{period: 500ms, grace: 0s}");
    stack.start();
    write(0, 2);
    Files.delete(home.resolve("f1"));
    DevStack.await(
        Duration.ofMinutes(1),
        () -> packBytes() < FILE_BYTES * 11L / 10,
        () -> "the packs still take " + packBytes() + ": " + stack.errors());
    assertSound();
  }

  @Test
  void period_goesOnOverRestarts() throws Exception {
    write(0, 1);
    collect();
    assertEquals(0, stack.stop());
    Path file = stack.data().resolve("gc.json");
    var kept = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    ((ObjectNode) kept.get("run")).put("started", "2026-01-01T00:00:00Z");
    Files.writeString(file, kept.toString());
    configure("{period: 24h, grace: 0s}");
    stack.start();
    DevStack.await(
        Duration.ofMinutes(1),
        () -> !startOfLastRun().startsWith("2026-01-01"),
        () -> "no run, although it is overdue: " + stack.errors());
  }

  private String startOfLastRun() {
    try {
      return new ObjectMapper()
          .readTree(salvus("gc", "status", "--json"))
          .at("/latest/started")
          .asText();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(int from, int to) throws IOException, InterruptedException {
    for (int i = from; i < to; i++) {
      Files.write(home.resolve("f" + i), contents(i));
    }
    // Which commits what was written.
    salvus("snapshot", "create", "demo", "commit");
    salvus("snapshot", "delete", "demo", "commit");
  }

  private static byte[] contents(int file) {
    byte[] bytes = new byte[FILE_BYTES];
    new Random(file).nextBytes(bytes);
    return bytes;
  }

  private JsonNode collect() throws Exception {
    return new ObjectMapper().readTree(salvus("gc", "run", "--json"));
  }

  private void assertSpaceIsThatOfLive(long liveBytes) {
    long bytes = packBytes();
    assertTrue(bytes >= liveBytes, bytes + " < " + liveBytes);
    assertTrue(bytes <= liveBytes * 11 / 10, bytes + " for " + liveBytes + " in use");
  }

  /** What the packs take on the disk. */
  private long packBytes() {
    try (var files = Files.list(stack.data().resolve("packs"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertSound() throws Exception {
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
  }

  private String salvus(String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(0, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }

  /**
   * Writes the same files again and again, deleting them in between, so that chunks become garbage
   * and are referred to again while they are being collected; reads back what it wrote.
   */
  private static final class Load implements AutoCloseable {
    static final int FILES = 6;
    static final int FILE_BYTES = 1_000_000;

    private final Path directory;
    private final AtomicBoolean isEnding = new AtomicBoolean();
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    Load(Path directory) throws IOException {
      this.directory = Files.createDirectory(directory);
      this.thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
      try {
        while (!isEnding.get()) {
          for (int i = 0; i < FILES; i++) {
            byte[] bytes = new byte[FILE_BYTES];
            new Random(1000 + i).nextBytes(bytes);
            Path file = directory.resolve("f" + i);
            Files.deleteIfExists(file);
            Files.write(file, bytes);
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
              channel.force(true);
            }
            assertTrue(Arrays.equals(bytes, Files.readAllBytes(file)), file + " differs");
          }
          rounds.incrementAndGet();
        }
      } catch (IOException | AssertionError e) {
        failure.set(e);
      }
    }

    void awaitRounds(int more) throws InterruptedException {
      int until = rounds.get() + more;
      DevStack.await(
          Duration.ofMinutes(2),
          () -> rounds.get() >= until || failure.get() != null,
          () -> "the load does not get on");
    }

    @Override
    public void close() throws InterruptedException {
      isEnding.set(true);
      thread.join();
      assertFalse(failure.get() != null, () -> "the load failed: " + failure.get());
    }
  }
}
