package org.salvusfs.benchmarks.large;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.salvusfs.benchmarks.machine.Installation;
import org.salvusfs.benchmarks.report.Measure;
import org.salvusfs.benchmarks.report.Row;
import org.salvusfs.benchmarks.report.Tally;
import org.salvusfs.daemon.management.DaemonException;

/** A project with many small files, and what is timed of it. One thread uses it. */
final class LargeProject {
  private static final String NAME = "large";
  private static final int FILES_PER_DIRECTORY = 1000;
  private static final int THREADS = 2;
  private static final int CHANGED = 20;
  private static final Measure MILLIS = new Measure.Milliseconds();
  private static final byte[] CONTENTS =
      "a line, and not the last one\n".getBytes(StandardCharsets.UTF_8);

  private final Installation salvus;
  private final int files;
  private final int runs;
  private final Consumer<String> progress;
  private final List<Row> rows = new ArrayList<>();

  /** How many snapshots were made. */
  private int made;

  /** How often {@code CHANGED} files were changed. */
  private int changes;

  /** What is timed. */
  @FunctionalInterface
  private interface Work {
    void run() throws DaemonException, IOException;
  }

  /**
   * Nothing made yet.
   *
   * @param progress hears a line for each measurement
   */
  LargeProject(Installation salvus, int files, int runs, Consumer<String> progress) {
    this.salvus = salvus;
    this.files = files;
    this.runs = runs;
    this.progress = progress;
  }

  /** How many snapshots the measurements make at least. */
  static int snapshotsLeast(int runs) {
    return 2 * runs + 1;
  }

  /** What was measured, in its order. */
  List<Row> rows() {
    return List.copyOf(rows);
  }

  /**
   * Makes everything and times it.
   *
   * @param snapshots when the bill is timed first
   * @param most in the end
   */
  void measure(int snapshots, int most) throws DaemonException, IOException, InterruptedException {
    salvus.client().createProject(NAME, Optional.empty(), Optional.empty());
    salvus.client().snapshots().setPolicy(NAME, "none");
    time("create", new Measure.PerSecond(files, "files"), 1, () -> {}, this::fill);
    salvus.client().commit();
    snapshot();
    time("snapshot create", MILLIS, runs, () -> {}, this::snapshot);
    time("snapshot create, 20 files changed", MILLIS, runs, this::change, this::snapshot);
    time("snapshot diff, 20 files changed", MILLIS, runs, () -> {}, this::diff);
    var clones = new ArrayList<String>();
    time("project clone", MILLIS, runs, () -> {}, () -> cloned(clones));
    fillUp(snapshots);
    bill(snapshots);
    fillUp(most);
    time("snapshot create, " + most + " of them", MILLIS, runs, () -> {}, this::snapshot);
    time(
        "snapshot list, " + most + " of them",
        MILLIS,
        runs,
        () -> {},
        () -> salvus.client().snapshots().list(NAME));
    bill(most);
  }

  private void bill(int snapshots) throws DaemonException, IOException {
    var what = "bill, " + snapshots + " snapshots";
    time(what, MILLIS, runs, () -> {}, () -> salvus.client().bill(NAME));
    time(
        what + ", 20 files changed",
        MILLIS,
        runs,
        () -> {
          change();
          salvus.client().commit();
        },
        () -> salvus.client().bill(NAME));
  }

  private void time(String what, Measure measure, int times, Work before, Work work)
      throws DaemonException, IOException {
    var tally = new Tally(what, measure, progress);
    for (int i = 0; i < times; i++) {
      before.run();
      long start = System.nanoTime();
      work.run();
      tally.add((System.nanoTime() - start) / 1e9);
    }
    rows.add(new Row(what, measure, List.of(tally.samples())));
  }

  private void fill() throws IOException {
    int directories = (files + FILES_PER_DIRECTORY - 1) / FILES_PER_DIRECTORY;
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var parts = new ArrayList<Future<?>>();
      for (int i = 0; i < directories; i++) {
        int number = i;
        parts.add(
            threads.submit(
                () -> {
                  fill(number);
                  return number;
                }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("filling the project", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while filling the project", e);
    }
  }

  private void fill(int directory) throws IOException {
    Files.createDirectory(path(directory * FILES_PER_DIRECTORY).getParent());
    int end = Math.min(files, (directory + 1) * FILES_PER_DIRECTORY);
    for (int i = directory * FILES_PER_DIRECTORY; i < end; i++) {
      Files.write(path(i), CONTENTS);
    }
  }

  private Path path(int file) {
    return salvus.project(NAME).resolve("d" + file / FILES_PER_DIRECTORY).resolve("f" + file);
  }

  /** Changes some files, which lie far from each other. */
  private void change() throws IOException {
    changes++;
    for (int i = 0; i < CHANGED; i++) {
      int file = (int) ((changes + (long) i * files / CHANGED) % files);
      Files.write(path(file), ("change " + changes).getBytes(StandardCharsets.UTF_8));
    }
  }

  private void snapshot() throws DaemonException {
    salvus.client().snapshots().create(NAME, Optional.of("s" + made), "");
    made++;
  }

  private void fillUp(int snapshots) throws DaemonException, IOException {
    while (made < snapshots) {
      change();
      snapshot();
    }
  }

  /** Of the last two snapshots, between which files were changed. */
  private void diff() throws DaemonException {
    String last = "s" + (made - 1);
    int found = salvus.client().snapshots().diff(NAME, "s" + (made - 2), Optional.of(last)).size();
    if (found < 1) {
      throw new DaemonException.Failed("nothing differs between the last two snapshots");
    }
  }

  private void cloned(List<String> clones) throws DaemonException {
    clones.add("clone" + clones.size());
    salvus.client().snapshots().cloneProject(NAME, Optional.empty(), clones.getLast());
  }
}
