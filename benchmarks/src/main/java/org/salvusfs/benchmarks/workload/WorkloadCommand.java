package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Runs every workload on every directory, run by run, and prints medians and ratios. */
public final class WorkloadCommand {
  private WorkloadCommand() {}

  /**
   * Measures and prints.
   *
   * @param args {@code [--runs N] DIR…}; the first directory is what the others are compared to
   */
  public static void run(String[] args) throws Exception {
    var words = new ArrayList<>(Arrays.asList(args));
    int runs = 3;
    if (!words.isEmpty() && words.getFirst().equals("--runs")) {
      runs = Integer.parseInt(words.get(1));
      words.subList(0, 2).clear();
    }
    if (words.isEmpty()) {
      throw new IllegalArgumentException("name at least one directory");
    }
    Path scratch = Files.createTempDirectory("salvus-bench");
    var homes = new ArrayList<Path>();
    try {
      for (String word : words) {
        homes.add(Files.createTempDirectory(Path.of(word), "bench"));
      }
      List<Workload> workloads = new Workloads(scratch).all();
      double[][][] seconds = measure(workloads, homes, runs);
      print(workloads, words, seconds);
    } finally {
      for (Path home : homes) {
        delete(home);
      }
      delete(scratch);
    }
  }

  private static double[][][] measure(List<Workload> workloads, List<Path> homes, int runs)
      throws Exception {
    double[][][] seconds = new double[workloads.size()][homes.size()][runs];
    for (int run = 0; run < runs; run++) {
      for (int w = 0; w < workloads.size(); w++) {
        for (int i = 0; i < homes.size(); i++) {
          int home = (i + run) % homes.size();
          workloads.get(w).prepare().run(homes.get(home));
          long start = System.nanoTime();
          workloads.get(w).work().run(homes.get(home));
          seconds[w][home][run] = (System.nanoTime() - start) / 1e9;
        }
      }
    }
    return seconds;
  }

  private static void print(List<Workload> workloads, List<String> names, double[][][] seconds) {
    System.out.printf("%-30s %-9s", "workload (medians)", "unit");
    for (String name : names) {
      System.out.printf(" %16s", name.substring(Math.max(0, name.length() - 16)));
    }
    System.out.println("   slower than the first by");
    for (int w = 0; w < workloads.size(); w++) {
      Workload workload = workloads.get(w);
      System.out.printf("%-30s %-9s", workload.name(), workload.unit());
      for (double[] ofHome : seconds[w]) {
        System.out.printf(" %16.0f", workload.amount() / median(ofHome));
      }
      for (int home = 1; home < names.size(); home++) {
        System.out.printf("   %.2f", median(seconds[w][home]) / median(seconds[w][0]));
      }
      System.out.println();
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void delete(Path directory) throws IOException {
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
