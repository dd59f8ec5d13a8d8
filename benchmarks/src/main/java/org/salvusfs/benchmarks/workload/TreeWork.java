package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;

/** A source tree: unpacked, searched, packed and removed. */
final class TreeWork {
  private static final String TREE = "tree";

  private TreeWork() {}

  static List<Workload> all() {
    var time = new Measure.Duration();
    Set<Program> tar = Set.of(Program.TAR);
    return List.of(
        Workload.warm("untar", time, tar, TreeWork::begin, TreeWork::untar),
        Workload.cold(
            "find-cold",
            time,
            Set.of(Program.TAR, Program.FIND),
            TreeWork::provide,
            // Asking for the time of each file makes find look at each.
            p -> Shell.run(p.resolve(TREE), "find", ".", "-type", "f", "-newermt", "2000-01-01")),
        Workload.cold(
            "tar-cold",
            time,
            tar,
            TreeWork::provide,
            // When tar sees that its output is /dev/null it does not read the files.
            p -> Shell.line(p.directory(), "tar -cf - tree | cat >/dev/null")),
        Workload.warm(
            "rm-rf",
            time,
            Set.of(Program.TAR, Program.RM),
            TreeWork::provide,
            p -> Shell.run(p.directory(), "rm", "-rf", TREE)));
  }

  private static void begin(Place place) throws IOException, InterruptedException {
    place.clear(TREE);
    place.inputs().tar();
  }

  private static void provide(Place place) throws IOException, InterruptedException {
    if (!place.has(TREE)) {
      untar(place);
    }
  }

  private static void untar(Place place) throws IOException, InterruptedException {
    Shell.run(place.directory(), "tar", "-xf", place.inputs().tar().toString());
  }
}
