package org.salvusfs.benchmarks.trees;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.salvusfs.benchmarks.machine.Shell;

/**
 * A generated source tree: text of made-up words that compresses like a program's source, in nested
 * directories of about twenty files; sizes are spread around a median of 6 KiB with a mean near 16
 * KiB, as in source trees of that many files. The same seed gives the same bytes.
 */
public final class SourceTree {
  private static final int FILES_PER_DIRECTORY = 20;
  private static final int DIRECTORIES_PER_DIRECTORY = 6;
  private static final int WORDS = 3000;
  private static final double MEDIAN_BYTES = 6 * 1024;
  private static final double SPREAD = 1.4;
  private static final int BYTES_MAX = 1 << 20;
  private static final int FILES_PER_COMMIT = 25;

  private final Random random;
  private final int files;
  private final String[] words = new String[WORDS];

  /** A tree of so many files. */
  public SourceTree(long seed, int files) {
    this.random = new Random(seed);
    this.files = files;
    for (int i = 0; i < WORDS; i++) {
      words[i] = word();
    }
  }

  /** Writes the tree into a new directory. */
  public void write(Path root) throws IOException {
    Files.createDirectories(root);
    for (int i = 0; i < files; i++) {
      Path directory = Files.createDirectories(root.resolve(directory(i)));
      Files.write(directory.resolve(name(i)), text());
    }
  }

  /** Makes a git repository of the tree, and commits that each change a few files, in one pack. */
  public void commit(Path root, int commits) throws IOException, InterruptedException {
    write(root);
    Shell.run(root, "git", "init", "-q", "-b", "main");
    Shell.run(root, "git", "add", ".");
    Shell.run(root, "git", "commit", "-q", "-m", "all");
    for (int commit = 0; commit < commits; commit++) {
      for (int i = 0; i < FILES_PER_COMMIT; i++) {
        int file = random.nextInt(files);
        Path path = root.resolve(directory(file)).resolve(name(file));
        Files.write(path, text(), StandardOpenOption.APPEND);
      }
      Shell.run(root, "git", "commit", "-q", "-a", "-m", "change " + commit);
    }
    Shell.run(root, "git", "gc", "-q");
  }

  private static String name(int file) {
    return "file" + file + ".txt";
  }

  /** Where a file is: directories form a tree, whose root holds the first files. */
  private static String directory(int file) {
    var path = new StringBuilder();
    for (int i = file / FILES_PER_DIRECTORY; i > 0; i = (i - 1) / DIRECTORIES_PER_DIRECTORY) {
      path.insert(0, "dir" + i + "/");
    }
    return path.toString();
  }

  /** The contents of another file. */
  public byte[] text() {
    double size = MEDIAN_BYTES * Math.exp(SPREAD * random.nextGaussian());
    int length = (int) Math.clamp(size, 16, BYTES_MAX);
    var text = new StringBuilder(length + 16);
    while (text.length() < length) {
      // The square makes some words common and most of them rare.
      double place = random.nextDouble();
      text.append(words[(int) (place * place * WORDS)]);
      text.append(random.nextInt(8) == 0 ? "\n    " : " ");
    }
    text.setLength(length);
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private String word() {
    var word = new StringBuilder();
    for (int i = 2 + random.nextInt(9); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }
}
