package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.report.Measure;

/**
 * One kind of work.
 *
 * @param name by which it is selected and shown
 * @param programs what it runs
 * @param preparation untimed; makes what {@code work} needs unless it is there already
 */
record Workload(
    String name, Measure measure, Set<Program> programs, Kind kind, Step preparation, Work work) {

  /** What happens around the work. */
  enum Kind {
    /** Nothing. */
    WARM,

    /** The kernel forgets what it cached before the clock starts. */
    COLD,

    /** The clock stops when nothing is dirty any more, also not below a filesystem that says so. */
    SYNCED
  }

  boolean cold() {
    return kind == Kind.COLD;
  }

  /** Something done in a place. */
  @FunctionalInterface
  interface Step {
    void run(Place place) throws IOException, InterruptedException;
  }

  /** Something timed. */
  @FunctionalInterface
  interface Work {
    /** How long it took. */
    double seconds(Place place) throws IOException, InterruptedException;
  }

  /** Takes the time of a step. */
  static Work timed(Step step) {
    return place -> {
      long start = System.nanoTime();
      step.run(place);
      return (System.nanoTime() - start) / 1e9;
    };
  }

  static Workload warm(
      String name, Measure measure, Set<Program> programs, Step preparation, Step step) {
    return new Workload(name, measure, programs, Kind.WARM, preparation, timed(step));
  }

  /**
   * Work whose caches are warm: the very same was done once before, untimed.
   *
   * @param preparation of both
   */
  static Workload again(
      String name, Measure measure, Set<Program> programs, Step preparation, Step step) {
    Step once =
        place -> {
          preparation.run(place);
          step.run(place);
        };
    return warm(name, measure, programs, once, step);
  }

  static Workload cold(
      String name, Measure measure, Set<Program> programs, Step preparation, Step step) {
    return new Workload(name, measure, programs, Kind.COLD, preparation, timed(step));
  }

  static Workload synced(
      String name, Measure measure, Set<Program> programs, Step preparation, Step step) {
    return new Workload(name, measure, programs, Kind.SYNCED, preparation, timed(step));
  }
}
