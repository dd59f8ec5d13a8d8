package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.trees.LibraryTree;
import org.salvusfs.benchmarks.trees.Noise;
import org.salvusfs.benchmarks.trees.SourceTree;

/**
 * What workloads read, made from a seed when it is first asked for and kept for later runs with the
 * same seed. Inputs of different seeds and kinds share no contents. Not thread-safe while something
 * is made.
 *
 * @param home a directory for inputs of any seed, not on a measured filesystem
 */
record Inputs(Path home, long seed, Scale scale) {
  private static final String PREFIX = "inputs-";
  private static final int KINDS = 8;

  /** How one of them is made. */
  @FunctionalInterface
  private interface Maker {
    void make(Path path) throws IOException, InterruptedException;
  }

  /** Makes all of them, so that later nobody waits for one. */
  void makeAll() throws IOException, InterruptedException {
    bigFile();
    tar();
    tree();
    repository();
    pythonTree();
  }

  /** A file of random bytes, {@link Scale#bigMib} long. */
  Path bigFile() throws IOException, InterruptedException {
    return made("big", path -> new Noise(seedOf(0)).writeFile(path, scale.bigMib()));
  }

  /** A tar file of a source tree, whose top directory is {@code tree}. */
  Path tar() throws IOException, InterruptedException {
    return made(
        "sources.tar",
        path -> {
          Path parent = Files.createTempDirectory(directory(), "untarred");
          new SourceTree(seedOf(1), scale.treeFiles()).write(parent.resolve("tree"));
          Shell.run(parent, "tar", "-cf", path.toString(), "tree");
          FileTree.remove(parent);
        });
  }

  /** A source tree. */
  Path tree() throws IOException, InterruptedException {
    return made("tree", path -> new SourceTree(seedOf(2), scale.treeFiles()).write(path));
  }

  /** A git repository with a source tree and changes to it. */
  Path repository() throws IOException, InterruptedException {
    return made(
        "repository",
        path -> new SourceTree(seedOf(3), scale.treeFiles()).commit(path, scale.commits()));
  }

  /** A copy of the system's Python library, marked with the seed. */
  Path pythonTree() throws IOException, InterruptedException {
    return made(
        "python",
        path ->
            new LibraryTree(LibraryTree.SYSTEM, "python3*", scale.treeFiles(), Long.MAX_VALUE)
                .copy(path, seedOf(4)));
  }

  /** Deletes what was made from other seeds or in other sizes. */
  static void forgetOthers(Path home, List<Inputs> kept) throws IOException {
    List<Path> names = kept.stream().map(Inputs::directory).toList();
    try (var directories = Files.newDirectoryStream(home, PREFIX + "*")) {
      for (Path directory : directories) {
        if (!names.contains(directory)) {
          FileTree.remove(directory);
        }
      }
    }
  }

  private Path directory() {
    return home.resolve(PREFIX + seed + "-" + scale.factor());
  }

  /** A seed for each kind of input. */
  private long seedOf(int kind) {
    return seed * KINDS + kind;
  }

  private Path made(String name, Maker maker) throws IOException, InterruptedException {
    Path path = directory().resolve(name);
    if (!Files.exists(path)) {
      Files.createDirectories(directory());
      Path unfinished = directory().resolve(name + ".unfinished");
      if (Files.exists(unfinished)) {
        FileTree.remove(unfinished);
      }
      maker.make(unfinished);
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      // Nothing of it is to be written back while something is measured.
      KernelCaches.sync(directory());
    }
    return path;
  }
}
