package org.salvusfs.benchmarks.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;

/**
 * Sequential and random I/O of one thread, one request at a time, as fio does it and measures it.
 * Writes end with an fsync, which is part of their time.
 */
final class FioWork {
  private static final String FILE = "fio";
  private static final double MIB_MEGABYTES = (1 << 20) / 1e6;

  private FioWork() {}

  static List<Workload> all(Scale scale) {
    var whole = new Measure.PerSecond(scale.fioMib() * MIB_MEGABYTES, "MB");
    var pages = new Measure.PerSecond(scale.fioPages(), "ops");
    var warmPages = new Measure.PerSecond(scale.fioWarmPages(), "ops");
    var write = new Job("write", "--bs=1M");
    var read = new Job("read", "--bs=1M");
    var randread = Job.pages("randread", scale.fioPages());
    var again = Job.pages("randread", scale.fioWarmPages());
    var randwrite = Job.pages("randwrite", scale.fioPages());
    return List.of(
        workload("fio-write", whole, Workload.Kind.SYNCED, p -> p.clear(FILE), write),
        workload("fio-read-cold", whole, Workload.Kind.COLD, FioWork::provide, read),
        workload("fio-randread-cold", pages, Workload.Kind.COLD, FioWork::provide, randread),
        // Of the same seed, fio's second round visits the same places in the same order.
        workload(
            "fio-randread-warm",
            warmPages,
            Workload.Kind.WARM,
            place -> {
              provide(place);
              again.seconds(place);
            },
            again),
        workload("fio-randwrite", pages, Workload.Kind.SYNCED, FioWork::provide, randwrite));
  }

  private static Workload workload(
      String name, Measure measure, Workload.Kind kind, Workload.Step preparation, Job job) {
    return new Workload(name, measure, Set.of(Program.FIO), kind, preparation, job::seconds);
  }

  private static void provide(Place place) throws IOException, InterruptedException {
    if (!place.has(FILE)) {
      new Job("write", "--bs=1M").seconds(place);
    }
  }

  /**
   * What fio is to do.
   *
   * @param mode its {@code --rw}
   * @param options how
   */
  private record Job(String mode, String... options) {
    /** Requests of 4 KiB; more of them than the file has pages come to the same places again. */
    static Job pages(String mode, int requests) {
      return new Job(mode, "--bs=4k", "--io_size=" + requests * 4096L);
    }

    double seconds(Place place) throws IOException, InterruptedException {
      Path result = Files.createTempFile("salvus-bench-fio", ".json");
      var words = new ArrayList<String>(List.of("fio", "--name=job", "--filename=" + FILE));
      words.addAll(List.of("--rw=" + mode, "--size=" + place.scale().fioMib() + "m"));
      words.addAll(List.of(options));
      if (mode.endsWith("write")) {
        words.add("--end_fsync=1");
      }
      // Fresh random bytes in every write: neither compressible nor seen before. fio would by
      // itself drop the file from the page cache before it begins.
      words.addAll(List.of("--refill_buffers=1", "--invalidate=0", "--ioengine=psync"));
      words.addAll(List.of("--randseed=" + Math.floorMod(place.inputs().seed(), 1L << 31)));
      words.addAll(List.of("--output-format=json", "--output=" + result));
      try {
        Shell.run(place.directory(), words.toArray(String[]::new));
        return runtimeMillis(result, mode) / 1e3;
      } finally {
        Files.delete(result);
      }
    }
  }

  /** Without fio's own start and its layout of the file. */
  private static double runtimeMillis(Path result, String mode) throws IOException {
    var job = new ObjectMapper().readTree(Files.readString(result)).path("jobs").path(0);
    double millis = job.path(mode.endsWith("read") ? "read" : "write").path("runtime").asDouble();
    if (millis <= 0) {
      throw new IOException("fio did not say how long its " + mode + " took");
    }
    return millis;
  }
}
