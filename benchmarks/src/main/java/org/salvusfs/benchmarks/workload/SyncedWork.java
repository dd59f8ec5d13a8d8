package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;
import org.salvusfs.benchmarks.trees.Noise;

/** What waits for the disk: small writes with fsync, and SQLite with its default settings. */
final class SyncedWork {
  private static final String FILE = "synced";
  private static final String DATABASE = "database";
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 4096;
  private static final Set<Program> SQLITE = Set.of(Program.SQLITE);

  private SyncedWork() {}

  static List<Workload> all(Scale scale) {
    return List.of(
        Workload.warm(
            "write-fsync",
            new Measure.PerSecond(scale.syncedWrites(), "writes"),
            Set.of(),
            SyncedWork::provide,
            SyncedWork::write),
        Workload.warm(
            "sqlite-single",
            new Measure.PerSecond(scale.singleInserts(), "transactions"),
            SQLITE,
            SyncedWork::begin,
            place ->
                sql(place, "INSERT INTO t VALUES(1);\n".repeat(place.scale().singleInserts()))),
        Workload.warm(
            "sqlite-bulk",
            new Measure.PerSecond(scale.bulkInserts(), "rows"),
            SQLITE,
            SyncedWork::begin,
            place ->
                sql(
                    place,
                    "INSERT INTO t SELECT hex(randomblob(20)) FROM generate_series(1, %d);"
                        .formatted(place.scale().bulkInserts()))));
  }

  /** A file of 16 MiB, on the disk. */
  private static void provide(Place place) throws IOException {
    if (!place.has(FILE)) {
      Path file = place.resolve(FILE);
      Files.write(file, new Noise(place.inputs().seed() + 1).bytes(PAGES * PAGE_BYTES));
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  private static void write(Place place) throws IOException {
    var noise = new Noise(place.inputs().seed());
    try (var channel = FileChannel.open(place.resolve(FILE), StandardOpenOption.WRITE)) {
      for (int i = 0; i < place.scale().syncedWrites(); i++) {
        long offset = noise.below(PAGES) * (long) PAGE_BYTES;
        channel.write(ByteBuffer.wrap(noise.bytes(PAGE_BYTES)), offset);
        channel.force(true);
      }
    }
  }

  private static void begin(Place place) throws IOException, InterruptedException {
    place.clear(DATABASE);
    sql(place, "CREATE TABLE t(x);");
  }

  /** Runs statements; each that is not inside BEGIN and COMMIT is a transaction. */
  private static void sql(Place place, String statements) throws IOException, InterruptedException {
    Path script = Files.createTempFile("salvus-bench", ".sql");
    try {
      Files.writeString(script, statements);
      Shell.run(place.directory(), "sqlite3", "-bail", DATABASE, ".read " + script);
    } finally {
      Files.delete(script);
    }
  }
}
