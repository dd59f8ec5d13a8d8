package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Memory;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.report.Rotation;
import org.salvusfs.benchmarks.report.Row;
import org.salvusfs.benchmarks.report.Samples;
import org.salvusfs.benchmarks.report.Tally;

/**
 * Repeats workloads on places in alternation: every run and every workload begins with another
 * place, and the runs that count with places that lie as far apart as possible, so that none is
 * always among the first or the last.
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
   * @param rehearsals how many of the runs, from the first, do not count
   */
  List<Row> run(List<List<Place>> runs, int rehearsals) throws IOException, InterruptedException {
    List<List<Tally>> rehearsed = tallies("rehearsal of ");
    List<List<Tally>> tallies = tallies("");
    int step = Math.max(1, labels.size() / Math.max(1, runs.size() - rehearsals));
    for (int run = 0; run < runs.size(); run++) {
      for (int w = 0; w < workloads.size(); w++) {
        List<Tally> samples = (run < rehearsals ? rehearsed : tallies).get(w);
        int first = run * step + w;
        measure(workloads.get(w), Rotation.of(runs.get(run), first), Rotation.of(samples, first));
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

  private List<List<Tally>> tallies(String prefix) {
    return workloads.stream()
        .map(w -> labels.stream().map(l -> tally(prefix, w, l)).toList())
        .toList();
  }

  private Tally tally(String prefix, Workload workload, String label) {
    return new Tally(prefix + workload.name() + ", " + label, workload.measure(), progress);
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
      Memory.provide(places.get(i).scale().memoryMib());
      Tally tally = tallies.get(i);
      try {
        double time = workload.work().seconds(places.get(i));
        // What is left to be written back is not to disturb the next one.
        long start = System.nanoTime();
        KernelCaches.syncAll();
        double synced = (System.nanoTime() - start) / 1e9;
        tally.add(workload.kind() == Workload.Kind.SYNCED ? time + synced : time);
      } catch (IOException e) {
        tally.fail(e);
      }
    }
  }
}
