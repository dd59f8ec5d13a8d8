package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.report.Rotation;
import org.salvusfs.benchmarks.report.Row;
import org.salvusfs.benchmarks.report.Samples;
import org.salvusfs.benchmarks.report.Tally;

/**
 * Repeats workloads on places in alternation: every run takes the places in another order, so that
 * none of them is always the one after another.
 */
final class Runner {
  private final List<Workload> workloads;
  private final List<String> labels;
  private final Duration patience;
  private final Consumer<String> progress;

  /**
   * A runner.
   *
   * @param labels names of the places, for progress
   * @param patience how long cold workloads wait for filesystems to write what came before
   * @param progress hears a line for each measurement
   */
  Runner(
      List<Workload> workloads, List<String> labels, Duration patience, Consumer<String> progress) {
    this.workloads = workloads;
    this.labels = labels;
    this.patience = patience;
    this.progress = progress;
  }

  /**
   * Measures everything. What fails on a place is noted, and the others go on.
   *
   * @param runs for each run the places, in the order of the labels
   */
  List<Row> run(List<List<Place>> runs) throws IOException, InterruptedException {
    List<List<Tally>> tallies = new ArrayList<>();
    for (Workload workload : workloads) {
      tallies.add(
          labels.stream()
              .map(l -> new Tally(workload.name() + ", " + l, workload.measure(), progress))
              .toList());
    }
    for (int run = 0; run < runs.size(); run++) {
      for (int w = 0; w < workloads.size(); w++) {
        measure(
            workloads.get(w), Rotation.of(runs.get(run), run), Rotation.of(tallies.get(w), run));
      }
    }
    var rows = new ArrayList<Row>();
    for (int w = 0; w < workloads.size(); w++) {
      Workload workload = workloads.get(w);
      List<Samples> samples = tallies.get(w).stream().map(Tally::samples).toList();
      rows.add(new Row(workload.name(), workload.measure(), samples));
    }
    return rows;
  }

  private void measure(Workload workload, List<Place> places, List<Tally> tallies)
      throws IOException, InterruptedException {
    var ready = new ArrayList<Integer>();
    for (int i = 0; i < places.size(); i++) {
      try {
        workload.preparation().run(places.get(i));
        KernelCaches.syncAll();
        ready.add(i);
      } catch (IOException e) {
        tallies.get(i).fail(e);
      }
    }
    if (workload.cold()) {
      Thread.sleep(patience);
    }
    for (int i : ready) {
      if (workload.cold()) {
        KernelCaches.drop();
        for (Program program : workload.programs()) {
          program.load();
        }
      }
      Tally tally = tallies.get(i);
      try {
        double time = workload.work().seconds(places.get(i));
        // What is left to be written back is not to disturb the next one.
        KernelCaches.syncAll();
        tally.add(time);
      } catch (IOException e) {
        tally.fail(e);
      }
    }
  }
}
