package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;

/** One large file, written and read by dd. */
final class BigFileWork {
  private static final String FILE = "big";
  private static final Set<Program> PROGRAMS = Set.of(Program.DD);

  private BigFileWork() {}

  static List<Workload> all(Scale scale) {
    var rate = new Measure.PerSecond(scale.bigMib() * (double) (1 << 20) / 1e6, "MB");
    return List.of(
        Workload.synced("dd-zero", rate, PROGRAMS, p -> p.clear(FILE), BigFileWork::writeZeros),
        Workload.synced("dd-random", rate, PROGRAMS, BigFileWork::begin, BigFileWork::writeRandom),
        Workload.cold("dd-read-cold", rate, PROGRAMS, BigFileWork::provide, BigFileWork::read),
        Workload.again("dd-read-warm", rate, PROGRAMS, BigFileWork::provide, BigFileWork::read));
  }

  private static void begin(Place place) throws IOException, InterruptedException {
    place.clear(FILE);
    place.inputs().bigFile();
  }

  private static void provide(Place place) throws IOException, InterruptedException {
    if (!place.has(FILE)) {
      writeRandom(place);
    }
  }

  private static void writeZeros(Place place) throws IOException, InterruptedException {
    String count = "count=" + place.scale().bigMib();
    Shell.run(
        place.directory(), "dd", "if=/dev/zero", "of=" + FILE, "bs=1M", count, "conv=fdatasync");
  }

  private static void writeRandom(Place place) throws IOException, InterruptedException {
    String source = "if=" + place.inputs().bigFile();
    Shell.run(place.directory(), "dd", source, "of=" + FILE, "bs=1M", "conv=fdatasync");
  }

  private static void read(Place place) throws IOException, InterruptedException {
    Shell.run(place.directory(), "dd", "if=" + FILE, "of=/dev/null", "bs=1M");
  }
}
