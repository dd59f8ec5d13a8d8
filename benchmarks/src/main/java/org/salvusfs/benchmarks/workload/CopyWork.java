package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;

/** Trees copied onto the filesystem. */
final class CopyWork {
  private static final String SYNCHRONIZED = "rsynced";
  private static final String COPY = "python";

  private CopyWork() {}

  static List<Workload> all() {
    var time = new Measure.Duration();
    Set<Program> rsync = Set.of(Program.RSYNC);
    return List.of(
        Workload.warm("rsync", time, rsync, CopyWork::beginRsync, CopyWork::rsync),
        Workload.warm("rsync-again", time, rsync, CopyWork::provide, CopyWork::rsync),
        Workload.warm("cp-python", time, Set.of(Program.CP), CopyWork::beginCopy, CopyWork::copy));
  }

  private static void beginRsync(Place place) throws IOException, InterruptedException {
    place.clear(SYNCHRONIZED);
    place.inputs().tree();
  }

  private static void provide(Place place) throws IOException, InterruptedException {
    if (!place.has(SYNCHRONIZED)) {
      rsync(place);
    }
  }

  private static void rsync(Place place) throws IOException, InterruptedException {
    Shell.run(place.directory(), "rsync", "-a", place.inputs().tree() + "/", SYNCHRONIZED);
  }

  private static void beginCopy(Place place) throws IOException, InterruptedException {
    place.clear(COPY);
    place.inputs().pythonTree();
  }

  private static void copy(Place place) throws IOException, InterruptedException {
    Shell.run(place.directory(), "cp", "-a", place.inputs().pythonTree().toString(), COPY);
  }
}
