package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;

/** A git repository: cloned, and asked what changed. */
final class GitWork {
  private static final String CLONE = "clone";
  private static final Set<Program> PROGRAMS = Set.of(Program.GIT);

  private GitWork() {}

  static List<Workload> all() {
    var time = new Measure.Duration();
    return List.of(
        Workload.warm("git-clone", time, PROGRAMS, GitWork::begin, GitWork::copy),
        Workload.cold("git-status-cold", time, PROGRAMS, GitWork::provide, GitWork::status),
        Workload.again("git-status-warm", time, PROGRAMS, GitWork::provide, GitWork::status));
  }

  private static void begin(Place place) throws IOException, InterruptedException {
    place.clear(CLONE);
    place.inputs().repository();
  }

  private static void provide(Place place) throws IOException, InterruptedException {
    if (!place.has(CLONE)) {
      copy(place);
    }
  }

  /** With the protocol of a remote clone; a local one would link the objects. */
  private static void copy(Place place) throws IOException, InterruptedException {
    String repository = place.inputs().repository().toString();
    Shell.run(place.directory(), "git", "clone", "-q", "--no-local", repository, CLONE);
  }

  private static void status(Place place) throws IOException, InterruptedException {
    Shell.run(place.resolve(CLONE), "git", "status", "--porcelain");
  }
}
