package org.salvusfs.benchmarks.snapshots;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.trees.LibraryTree;
import org.salvusfs.benchmarks.trees.Noise;
import org.salvusfs.benchmarks.trees.NotebookTree;
import org.salvusfs.benchmarks.trees.SourceTree;

/**
 * Two trees that grow and change: a person's home, and programs with their libraries.
 *
 * @param directory where they are made
 * @param scale 1 for the documented sizes
 */
record Versions(Path directory, double scale, long seed) {
  private static final List<String> REHEARSALS =
      List.of("first", "second", "third", "fourth", "fifth", "sixth");
  private static final String HOME = "home";
  private static final String PROGRAMS = "programs";
  static final List<String> TREES =
      Stream.concat(REHEARSALS.stream(), Stream.of(HOME, PROGRAMS)).toList();
  private static final long NOTEBOOKS_BYTES = 60_000_000;
  private static final int CHECKOUT_FILES = 10_000;
  private static final int CHECKOUT_COMMITS = 10;
  private static final long PROGRAMS_BYTES = 1_500_000_000;
  private static final int CHANGED_OF = 50;
  private static final int INSERTED_BYTES = 100;

  /** More than the seeds that one set of versions uses. */
  private static final long SEEDS = 3;

  /** What happens to a tree before it is kept again. */
  @FunctionalInterface
  interface Change {
    void make(Path tree) throws IOException, InterruptedException;
  }

  /**
   * One version.
   *
   * @param tree which one changes
   */
  record Step(String name, Path tree, Change change) {}

  /**
   * Versions of trees like {@code home}, which share nothing; the last one of each list is to be
   * brought back.
   */
  List<List<Step>> rehearsals() {
    var rehearsals = new ArrayList<List<Step>>();
    var steps = new ArrayList<Step>();
    for (String name : REHEARSALS) {
      Path tree = directory.resolve(name);
      var others = new Versions(directory, scale, seed + SEEDS * (1 + rehearsals.size()));
      Change fill =
          empty -> {
            others.notebooks(empty);
            others.checkout(empty);
          };
      steps.add(new Step(name, tree, fill));
      steps.add(new Step(name + "-one-line", tree, Versions::oneLine));
      rehearsals.add(steps);
      steps = new ArrayList<>();
      steps.add(new Step(name + "-second-copy", tree, Versions::secondCopy));
    }
    return rehearsals;
  }

  /** All versions, each made from the one before. */
  List<Step> steps() {
    Path home = directory.resolve(HOME);
    Path programs = directory.resolve(PROGRAMS);
    return List.of(
        new Step("mixed", home, this::notebooks),
        new Step("one-line", home, Versions::oneLine),
        new Step("checkout", home, this::checkout),
        new Step("second-copy", home, Versions::secondCopy),
        new Step("programs", programs, this::programs),
        new Step("programs-next", programs, this::programsNext));
  }

  private void notebooks(Path tree) throws IOException {
    Files.createDirectory(tree);
    new NotebookTree(seed, (long) (NOTEBOOKS_BYTES * scale)).write(tree.resolve("work"));
  }

  private static void oneLine(Path tree) throws IOException {
    Path text = tree.resolve("work/texts/file0.txt");
    Files.write(
        text, "one more line\n".getBytes(StandardCharsets.US_ASCII), StandardOpenOption.APPEND);
  }

  private void checkout(Path tree) throws IOException, InterruptedException {
    int files = (int) Math.max(CHANGED_OF, CHECKOUT_FILES * scale);
    new SourceTree(seed + 1, files).commit(tree.resolve("checkout"), CHECKOUT_COMMITS);
  }

  private static void secondCopy(Path tree) throws IOException, InterruptedException {
    Shell.run(tree, "cp", "-a", "checkout", "checkout-2");
  }

  private void programs(Path tree) throws IOException {
    new LibraryTree(LibraryTree.SYSTEM, "*", Integer.MAX_VALUE, (long) (PROGRAMS_BYTES * scale))
        .copy(tree, seed);
  }

  /**
   * In one file of fifty something is inserted; as many are new. Links are left alone: they may
   * lead to this machine's own programs.
   */
  private void programsNext(Path tree) throws IOException {
    var noise = new Noise(seed + 2);
    List<Path> files;
    try (var paths = Files.walk(tree)) {
      files = paths.filter(path -> Files.isRegularFile(path, NOFOLLOW_LINKS)).sorted().toList();
    }
    for (int i = 0; i < files.size(); i += CHANGED_OF) {
      Path file = files.get(i);
      byte[] old = Files.readAllBytes(file);
      int at = noise.below(old.length + 1);
      try (var out = Files.newOutputStream(file)) {
        out.write(old, 0, at);
        out.write(noise.bytes(INSERTED_BYTES));
        out.write(old, at, old.length - at);
      }
      Files.write(file.resolveSibling(file.getFileName() + ".new"), Arrays.copyOf(old, at));
    }
  }
}
