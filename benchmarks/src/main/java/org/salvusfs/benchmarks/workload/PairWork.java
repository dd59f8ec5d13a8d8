package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.report.Measure;

/**
 * Two of everything at once: two threads, each of which does every warm workload in its order, at
 * half the size and in a directory of its own. Preparations are part of the time, inputs are not.
 */
final class PairWork {
  /** Far from the seeds of other runs. */
  private static final long SEEDS_APART = 1L << 20;

  private PairWork() {}

  /**
   * The pair.
   *
   * @param everything what there is; cold workloads are left out, for they would make others cold
   */
  static Workload of(List<Workload> everything) {
    List<Workload> parts = everything.stream().filter(workload -> !workload.cold()).toList();
    var programs = new HashSet<Program>();
    parts.forEach(part -> programs.addAll(part.programs()));
    return Workload.warm(
        "two-at-once",
        new Measure.Duration(),
        programs,
        PairWork::prepare,
        place -> runBoth(place, parts));
  }

  /** What each of the two reads. */
  static List<Inputs> inputs(Inputs whole) {
    return Stream.of(1, 2)
        .map(
            half ->
                new Inputs(whole.home(), whole.seed() + half * SEEDS_APART, whole.scale().half()))
        .toList();
  }

  private static List<Place> places(Place place) {
    return inputs(place.inputs()).stream()
        .map(inputs -> new Place(place.resolve("pair-" + inputs.seed()), inputs))
        .toList();
  }

  private static void prepare(Place place) throws IOException, InterruptedException {
    for (Place half : places(place)) {
      if (Files.exists(half.directory())) {
        FileTree.remove(half.directory());
      }
      half.inputs().makeAll();
    }
  }

  private static void runBoth(Place place, List<Workload> parts)
      throws IOException, InterruptedException {
    var running = new ArrayList<Future<?>>();
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (Place half : places(place)) {
        Callable<Void> work =
            () -> {
              Files.createDirectory(half.directory());
              for (Workload part : parts) {
                part.preparation().run(half);
                part.work().seconds(half);
              }
              return null;
            };
        running.add(threads.submit(work));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e : e.getCause());
    }
  }
}
