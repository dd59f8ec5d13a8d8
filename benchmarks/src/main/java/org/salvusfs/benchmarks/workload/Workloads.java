package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The set of workloads. Data is random, from a fixed seed: incompressible and never deduplicated.
 */
final class Workloads {
  private static final int SMALL_FILES = 10_000;
  private static final int BIG_MIB = 512;
  private static final int SYNCED_WRITES = 1000;
  private static final int SOURCE_FILES = 5000;

  /** A transaction group's interval and some time to commit it. */
  private static final long SETTLE_MILLIS = 7000;

  private final Path scratch;
  private final Random random = new Random(42);

  Workloads(Path scratch) {
    this.scratch = scratch;
  }

  List<Workload> all() throws IOException, InterruptedException {
    Path tar = sourceTar();
    return List.of(
        new Workload(
            "write " + BIG_MIB + " MiB, fdatasync", "MB/s", megabytes(), d -> {}, this::writeBig),
        new Workload("read it, cold", "MB/s", megabytes(), d -> dropCaches(), Workloads::readBig),
        new Workload(
            "create " + SMALL_FILES + " x 1 KiB", "files/s", SMALL_FILES, d -> {}, this::create),
        new Workload(
            "stat them, cold dentries",
            "files/s",
            SMALL_FILES,
            d -> dropDentries(),
            Workloads::statAll),
        new Workload(
            "read them, cold", "files/s", SMALL_FILES, d -> dropCaches(), Workloads::readAll),
        new Workload("remove them", "files/s", SMALL_FILES, d -> {}, Workloads::removeAll),
        new Workload(
            "untar " + SOURCE_FILES + " sources",
            "files/s",
            SOURCE_FILES,
            d -> {},
            d -> shell(d, "tar", "-xf", tar.toString())),
        new Workload(
            "find . -type f, cold",
            "files/s",
            SOURCE_FILES,
            d -> dropDentries(),
            d -> shell(d, "find", ".", "-type", "f", "-newermt", "2000-01-01")),
        new Workload(
            "rm -rf", "files/s", SOURCE_FILES, d -> {}, d -> shell(d, "rm", "-rf", "tree")),
        new Workload(
            "4 KiB write + fsync",
            "writes/s",
            SYNCED_WRITES,
            Workloads::prepareSynced,
            this::writeSynced),
        new Workload(
            "SQLite single inserts",
            "tx/s",
            300,
            d -> shell(d, "sh", "-c", "rm -f t.db; sqlite3 t.db 'CREATE TABLE t(x)'"),
            d ->
                shell(
                    d,
                    "sh",
                    "-c",
                    "for i in $(seq 300); do echo 'INSERT INTO t VALUES(1);'; done | sqlite3"
                        + " t.db")));
  }

  private static double megabytes() {
    return BIG_MIB * (double) (1 << 20) / 1e6;
  }

  /** A tar of ordinary text files of this machine, made once. */
  private Path sourceTar() throws IOException, InterruptedException {
    Path tar = scratch.resolve("sources.tar");
    shell(
        scratch,
        "sh",
        "-c",
        "mkdir -p tree && find /usr/include /usr/share /usr/lib/python3* -xdev -type f -size -60k"
            + " -readable > all 2>/dev/null; head -n "
            + SOURCE_FILES
            + " all | tar -cf - -T - 2>/dev/null | tar -C tree -xf - && tar -cf sources.tar tree"
            + " && rm -rf tree");
    return tar;
  }

  private void writeBig(Path directory) throws IOException {
    byte[] bytes = new byte[1 << 20];
    random.nextBytes(bytes);
    var block = ByteBuffer.wrap(bytes);
    try (var channel =
        FileChannel.open(
            directory.resolve("big"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (int i = 0; i < BIG_MIB; i++) {
        // One number in every page makes all chunks new, and costs no time worth measuring.
        long number = random.nextLong();
        for (int page = 0; page < bytes.length; page += 4096) {
          block.putLong(page, number);
        }
        channel.write(block.rewind());
      }
      channel.force(false);
    }
  }

  private static void readBig(Path directory) throws IOException {
    var buffer = ByteBuffer.allocateDirect(1 << 20);
    try (var channel = FileChannel.open(directory.resolve("big"), StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        buffer.clear();
      }
    }
  }

  private void create(Path directory) throws IOException {
    Path many = Files.createDirectory(directory.resolve("many"));
    byte[] data = new byte[1024];
    for (int i = 0; i < SMALL_FILES; i++) {
      random.nextBytes(data);
      Files.write(many.resolve("file-" + i), data);
    }
  }

  private static List<Path> shuffled(Path directory) {
    var files = new ArrayList<Path>();
    for (int i = 0; i < SMALL_FILES; i++) {
      files.add(directory.resolve("many/file-" + i));
    }
    Collections.shuffle(files, new Random(1));
    return files;
  }

  private static void statAll(Path directory) throws IOException {
    for (Path file : shuffled(directory)) {
      Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static void readAll(Path directory) throws IOException {
    for (Path file : shuffled(directory)) {
      if (Files.readAllBytes(file).length != 1024) {
        throw new IOException(file + " has not the length that was written");
      }
    }
  }

  private static void removeAll(Path directory) throws IOException {
    for (Path file : shuffled(directory)) {
      Files.delete(file);
    }
    Files.delete(directory.resolve("many"));
  }

  private static void prepareSynced(Path directory) throws IOException {
    Files.write(directory.resolve("synced"), new byte[16 << 20]);
    try (var channel = FileChannel.open(directory.resolve("synced"), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private void writeSynced(Path directory) throws IOException {
    byte[] data = new byte[4096];
    try (var channel = FileChannel.open(directory.resolve("synced"), StandardOpenOption.WRITE)) {
      for (int i = 0; i < SYNCED_WRITES; i++) {
        random.nextBytes(data);
        channel.write(ByteBuffer.wrap(data), random.nextInt(4096) * 4096L);
        channel.force(false);
      }
    }
  }

  /** Lets every filesystem finish writing what came before: it would be measured with the reads. */
  private static void settle() throws IOException, InterruptedException {
    shell(Path.of("/"), "sync");
    Thread.sleep(SETTLE_MILLIS);
  }

  /** Forgets file contents, names and attributes. Needs root. */
  private static void dropCaches() throws IOException, InterruptedException {
    settle();
    Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
  }

  private static void dropDentries() throws IOException, InterruptedException {
    settle();
    Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "2");
  }

  private static void shell(Path directory, String... words)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", words) + " ended with " + exit);
    }
  }
}
