package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon's memory is bounded whatever is in a home: with its default options it stays under 1
 * GiB while many files are made and read, and an hour of churn leaves its heap as it was. {@code
 * -Dsalvus.full=true}: a million files, and the whole hour with the default caches.
 */
@Tag("mount")
class MemoryIT {
  private static final boolean FULL = Boolean.getBoolean("salvus.full");
  private static final int FILES =
      Integer.getInteger("salvus.memory.files", FULL ? 1_000_000 : 60_000);
  private static final int FILES_PER_DIRECTORY = 1_000;

  private static final int PROJECTS = 12;
  private static final int MEBIBYTES_EACH = 60;

  /** Every so many files one is too long to be kept in the tree. */
  private static final int CHUNKED_EVERY = 20;

  private static final long RESIDENT_BYTES_MAX = 1L << 30;
  private static final int CHURN_MINUTES =
      Integer.getInteger("salvus.memory.minutes", FULL ? 60 : 0);
  private static final Duration CHURN =
      CHURN_MINUTES > 0 ? Duration.ofMinutes(CHURN_MINUTES) : Duration.ofSeconds(45);
  private static final int SAMPLES = 9;
  private static final int CHURN_FILES = 2_000;

  /** Long enough for chunks; the packs of an hour fit on a disk, since nothing sweeps them yet. */
  private static final int LARGE_BYTES_MAX = 16 << 10;

  /** Buffers that are there at one sample and not at another, and the collector's gaps. */
  private static final long HEAP_NOISE_BYTES = 24L << 20;

  /** Lets caches be full after seconds, where the default ones take minutes. */
  private static final String SMALL_CACHES =
      """
      data: .
      mount: ../projects
      cassandra:
        local: yes
      txg:
        interval: 1s
        dirty-bytes: 8MiB
      cache:
        chunks: 8MiB
        nodes: 8MiB
      """;

  @TempDir Path directory;

  @Test
  void manyFiles_madeAndRead_fitIntoOneGibibyte() throws Exception {
    try (var stack = new DevStack(directory)) {
      stack.start();
      var memory = new ProcessMemory(stack.daemonPid());
      Path many = Files.createDirectory(stack.home().resolve("many"));
      for (int i = 0; i < FILES; i++) {
        if (i % FILES_PER_DIRECTORY == 0) {
          Files.createDirectory(directoryOf(many, i));
          report("made", i, memory);
        }
        Files.write(fileOf(many, i), contents(i));
      }
      report("made", FILES, memory);
      for (int i = 0; i < FILES; i++) {
        if (i % FILES_PER_DIRECTORY == 0) {
          report("read", i, memory);
        }
        assertArrayEquals(contents(i), Files.readAllBytes(fileOf(many, i)));
      }
      report("read", FILES, memory);
      long peak = memory.residentBytesPeak();
      assertTrue(peak < RESIDENT_BYTES_MAX, () -> memory + ", live heap " + live(memory));
      var check = stack.run("check", "demo");
      assertEquals(0, check.exit(), check.output());
      assertTrue(memory.residentBytesPeak() < RESIDENT_BYTES_MAX, () -> "checking: " + memory);
      System.out.println(FILES + " files made, read, checked: " + memory);
    }
  }

  /** Each of them alone may hold a fifth of the heap. */
  @Test
  void manyProjects_writtenAtOnce_fitIntoOneGibibyte() throws Exception {
    try (var stack = new DevStack(directory);
        var writers = Executors.newFixedThreadPool(PROJECTS)) {
      stack.start();
      var memory = new ProcessMemory(stack.daemonPid());
      var homes = new ArrayList<Path>();
      for (int i = 0; i < PROJECTS; i++) {
        assertEquals(0, stack.run("project", "create", "home" + i).exit());
        homes.add(stack.home("home" + i));
      }
      var written = new ArrayList<Future<byte[]>>();
      for (Path home : homes) {
        written.add(writers.submit(() -> write(home.resolve("large"), home.hashCode())));
      }
      for (int i = 0; i < PROJECTS; i++) {
        assertArrayEquals(written.get(i).get(), digest(homes.get(i).resolve("large")));
      }
      assertTrue(memory.residentBytesPeak() < RESIDENT_BYTES_MAX, memory.toString());
      System.out.println(PROJECTS + " projects written at once: " + memory);
    }
  }

  private static byte[] write(Path file, long seed) throws Exception {
    var random = new Random(seed);
    var digest = MessageDigest.getInstance("SHA-256");
    var buffer = new byte[1 << 20];
    try (var out = Files.newOutputStream(file)) {
      for (int i = 0; i < MEBIBYTES_EACH; i++) {
        random.nextBytes(buffer);
        digest.update(buffer);
        out.write(buffer);
      }
    }
    return digest.digest();
  }

  private static byte[] digest(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return digest.digest();
  }

  @Test
  void churn_leavesTheHeapAsItWas() throws Exception {
    long seed = Long.getLong("salvus.memory.seed", System.nanoTime());
    System.out.println("seed " + seed + " (-Dsalvus.memory.seed)");
    try (var stack = new DevStack(directory)) {
      if (!FULL) {
        Files.createDirectories(stack.data());
        Files.writeString(stack.data().resolve("salvus.yaml"), SMALL_CACHES);
      }
      stack.start();
      var memory = new ProcessMemory(stack.daemonPid());
      var churn = new Churn(Files.createDirectory(stack.home().resolve("churn")), seed);
      churn.run(CHURN.dividedBy(SAMPLES)); // fills what is bounded: caches, the directory
      var live = new ArrayList<Long>();
      for (int i = 0; i < SAMPLES; i++) {
        churn.run(CHURN.dividedBy(SAMPLES));
        awaitCommitted(stack);
        live.add(memory.liveHeapBytes());
        System.out.printf(
            "churn: %d operations, live heap %d MiB, %s%n",
            churn.operations, live.getLast() >> 20, memory);
      }
      long before = median(live.subList(0, SAMPLES / 3));
      long after = median(live.subList(SAMPLES - SAMPLES / 3, SAMPLES));
      assertTrue(
          after <= before + HEAP_NOISE_BYTES,
          () ->
              "live heap went from %d to %d bytes: %s%n%s"
                  .formatted(before, after, live, memory.histogram()));
      assertTrue(memory.residentBytesPeak() < RESIDENT_BYTES_MAX, memory.toString());
    }
  }

  /** What is in memory afterwards is in caches, or leaked. */
  private static void awaitCommitted(DevStack stack) throws InterruptedException {
    DevStack.await(
        Duration.ofMinutes(1), () -> !isDirty(stack), () -> "not committed\n" + stack.errors());
  }

  private static boolean isDirty(DevStack stack) {
    try {
      var status =
          new ObjectMapper().readTree(stack.run("project", "show", "demo", "--json").output());
      return status.get("dirty").asBoolean();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Makes, deletes, rewrites and renames files of a directory whose size stays the same. */
  private static final class Churn {
    private final Path home;
    private final Random random;
    private long operations;

    Churn(Path home, long seed) {
      this.home = home;
      this.random = new Random(seed);
    }

    void run(Duration time) throws IOException {
      long end = System.nanoTime() + time.toNanos();
      while (System.nanoTime() - end < 0) {
        step();
        operations++;
      }
    }

    private void step() throws IOException {
      Path file = home.resolve("f" + random.nextInt(CHURN_FILES));
      switch (random.nextInt(4)) {
        case 0 -> Files.deleteIfExists(file);
        case 1 -> Files.write(file, contents(random.nextInt()));
        case 2 -> {
          byte[] large = new byte[random.nextInt(LARGE_BYTES_MAX)];
          random.nextBytes(large);
          Files.write(file, large);
        }
        default -> {
          if (Files.exists(file)) {
            Path other = home.resolve("f" + random.nextInt(CHURN_FILES));
            Files.move(file, other, StandardCopyOption.ATOMIC_MOVE);
          }
        }
      }
    }
  }

  private static Path directoryOf(Path top, int file) {
    return top.resolve("d" + file / FILES_PER_DIRECTORY);
  }

  private static Path fileOf(Path top, int file) {
    return directoryOf(top, file).resolve("file-" + file);
  }

  /** What a file of that number holds: a few hundred bytes, or some KiB. */
  private static byte[] contents(int number) {
    var random = new Random(number);
    byte[] bytes =
        new byte
            [number % CHUNKED_EVERY == 0 ? 4_000 + random.nextInt(8_000) : random.nextInt(1_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void report(String what, int count, ProcessMemory memory) {
    if (count % (FILES / 10) == 0) {
      System.out.println(what + " " + count + ": " + memory);
    }
  }

  private static String live(ProcessMemory memory) {
    try {
      return (memory.liveHeapBytes() >> 20) + " MiB";
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
