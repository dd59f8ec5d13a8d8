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
  private static final String PAGE = "4k";
  private static final double PAGE_BYTES = 4096;
  private static final double MIB_MEGABYTES = (1 << 20) / 1e6;

  private FioWork() {}

  static List<Workload> all(Scale scale) {
    var whole = new Measure.PerSecond(scale.fioMib() * MIB_MEGABYTES, "MB");
    var pages = new Measure.PerSecond(scale.fioPages(), "ops");
    return List.of(
        job("fio-write", whole, false, FioWork::begin, "write", "1M", "--end_fsync=1"),
        job("fio-read-cold", whole, true, FioWork::provide, "read", "1M"),
        job("fio-randread-cold", pages, true, FioWork::provide, "randread", PAGE),
        job("fio-randread-warm", pages, false, FioWork::readOnce, "randread", PAGE),
        job("fio-randwrite", pages, false, FioWork::provide, "randwrite", PAGE, "--end_fsync=1"));
  }

  private static Workload job(
      String name,
      Measure measure,
      boolean cold,
      Workload.Step preparation,
      String mode,
      String block,
      String... more) {
    return new Workload(
        name,
        measure,
        Set.of(Program.FIO),
        cold,
        preparation,
        place -> seconds(place, mode, block, more));
  }

  private static void begin(Place place) throws IOException {
    place.clear(FILE);
  }

  private static void provide(Place place) throws IOException, InterruptedException {
    if (!place.has(FILE)) {
      seconds(place, "write", "1M");
    }
  }

  /** Of the same seed, fio's second round visits the same places in the same order. */
  private static void readOnce(Place place) throws IOException, InterruptedException {
    provide(place);
    seconds(place, "randread", PAGE);
  }

  private static double seconds(Place place, String mode, String block, String... more)
      throws IOException, InterruptedException {
    Scale scale = place.scale();
    Path result = Files.createTempFile("salvus-bench-fio", ".json");
    var words = new ArrayList<String>(List.of("fio", "--name=job", "--filename=" + FILE));
    words.addAll(List.of("--rw=" + mode, "--bs=" + block, "--size=" + scale.fioMib() + "m"));
    if (block.equals(PAGE)) {
      long bytes = Math.min(scale.fioPages() * (long) PAGE_BYTES, (long) scale.fioMib() << 20);
      words.add("--io_size=" + bytes);
    }
    // Fresh random bytes in every write: neither compressible nor seen before. fio would by itself
    // drop the file from the page cache before it begins.
    words.addAll(List.of("--refill_buffers=1", "--invalidate=0", "--ioengine=psync"));
    words.addAll(List.of("--randseed=" + Math.floorMod(place.inputs().seed(), 1L << 31)));
    words.addAll(List.of(more));
    words.addAll(List.of("--output-format=json", "--output=" + result));
    try {
      Shell.run(place.directory(), words.toArray(String[]::new));
      return runtimeMillis(result, mode) / 1e3;
    } finally {
      Files.delete(result);
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
