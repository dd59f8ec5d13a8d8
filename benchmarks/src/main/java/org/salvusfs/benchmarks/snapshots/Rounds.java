package org.salvusfs.benchmarks.snapshots;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.salvusfs.benchmarks.machine.FreshDisk;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;
import org.salvusfs.benchmarks.report.Rotation;
import org.salvusfs.benchmarks.report.Row;
import org.salvusfs.benchmarks.report.Tally;
import org.salvusfs.daemon.management.DaemonException;

/** Lets keepers take turns at keeping every version, and at bringing it back. */
final class Rounds {
  /** What is measured of one version; one tally for each keeper. */
  private record Tallies(String step, List<Tally> saved, List<Tally> stored, List<Tally> restored) {
    static Tallies of(String step, List<String> labels, Consumer<String> progress) {
      return new Tallies(
          step,
          tallies(step + ": save", TIME, labels, progress),
          tallies(step + ": stored", SIZE, labels, progress),
          tallies(step + ": restore", TIME, labels, progress));
    }

    private static List<Tally> tallies(
        String name, Measure measure, List<String> labels, Consumer<String> progress) {
      return labels.stream().map(l -> new Tally(name + ", " + l, measure, progress)).toList();
    }

    List<Row> rows() {
      return List.of(
          row("save", TIME, saved), row("stored", SIZE, stored), row("restore", TIME, restored));
    }

    private Row row(String what, Measure measure, List<Tally> tallies) {
      return new Row(step + ": " + what, measure, tallies.stream().map(Tally::samples).toList());
    }
  }

  private static final Measure TIME = new Measure.Duration();
  private static final Measure SIZE = new Measure.Size();

  private final List<Tallies> all = new ArrayList<>();
  private final List<String> labels;
  private final Consumer<String> progress;
  private int runs;

  /**
   * Nothing measured yet.
   *
   * @param labels of the keepers of every run
   * @param progress hears a line for each measurement
   */
  Rounds(List<String> labels, Consumer<String> progress) {
    this.labels = labels;
    this.progress = progress;
  }

  /**
   * One run: each version is made and kept by each keeper, after rehearsals. What fails is noted,
   * and the rest goes on.
   *
   * @param keepers open and empty
   * @param scratch is not there, and afterwards neither
   */
  void run(Versions versions, List<? extends Keeper> keepers, Path scratch)
      throws IOException, InterruptedException, DaemonException {
    List<Long> emptyBytes = List.of();
    for (var rehearsal : versions.rehearsals()) {
      emptyBytes = rehearse(rehearsal, keepers, scratch);
    }
    var steps = versions.steps();
    for (int s = 0; s < steps.size(); s++) {
      var step = steps.get(s);
      if (all.size() == s) {
        all.add(Tallies.of(step.name(), labels, progress));
      }
      make(step);
      int first = runs + s;
      for (int k : Rotation.of(IntStream.range(0, keepers.size()).boxed().toList(), first)) {
        measure(step, keepers.get(k), all.get(s), k, emptyBytes.get(k), scratch);
      }
    }
    runs++;
  }

  /** Returns what each store takes afterwards. */
  private static List<Long> rehearse(
      List<Versions.Step> steps, List<? extends Keeper> keepers, Path scratch)
      throws IOException, InterruptedException, DaemonException {
    for (var step : steps) {
      make(step);
      for (Keeper keeper : keepers) {
        keeper.prepare(step.tree());
        keeper.save(step.tree(), step.name());
      }
    }
    var storedBytes = new ArrayList<Long>();
    for (Keeper keeper : keepers) {
      storedBytes.add(keeper.storedBytes());
      restoreSeconds(steps.getLast(), keeper, scratch);
    }
    return storedBytes;
  }

  private static void make(Versions.Step step) throws IOException, InterruptedException {
    step.change().make(step.tree());
    KernelCaches.sync(step.tree());
  }

  List<Row> rows() {
    return all.stream().flatMap(tallies -> tallies.rows().stream()).toList();
  }

  private static void measure(
      Versions.Step step, Keeper keeper, Tallies tallies, int k, long emptyBytes, Path scratch)
      throws IOException, InterruptedException {
    Tally tally = tallies.saved().get(k);
    try {
      keeper.prepare(step.tree());
      long start = System.nanoTime();
      keeper.save(step.tree(), step.name());
      tally.add((System.nanoTime() - start) / 1e9);

      tally = tallies.stored().get(k);
      tally.add((double) (keeper.storedBytes() - emptyBytes));

      tally = tallies.restored().get(k);
      tally.add(restoreSeconds(step, keeper, scratch));
    } catch (IOException | DaemonException e) {
      tally.fail(e);
    }
  }

  /** Brings a version back, until it is on the disk, and makes sure that it is the right one. */
  private static double restoreSeconds(Versions.Step step, Keeper keeper, Path scratch)
      throws IOException, InterruptedException, DaemonException {
    try (var disk = FreshDisk.mount(scratch)) {
      Path target = Files.createDirectory(disk.directory().resolve("restored"));
      KernelCaches.drop();
      long start = System.nanoTime();
      keeper.restore(step.tree(), step.name(), target);
      KernelCaches.sync(target);
      double seconds = (System.nanoTime() - start) / 1e9;
      Shell.run(target, "diff", "-r", "--no-dereference", step.tree().toString(), ".");
      return seconds;
    }
  }
}
