package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Salvus commands as processes, run to be refused. */
final class Commands {
  /** Text for people, and what {@code lock} holds says nothing: neither is a change. */
  private static final List<String> IGNORED = List.of("logs", "lock", "passphrase", "wrong");

  private final DevStack stack;
  private final Path scratch;
  private final List<String> prefix;
  private final String classPath;

  Commands(DevStack stack, Path scratch) {
    this(stack, scratch, List.of(), System.getProperty("java.class.path"));
  }

  private Commands(DevStack stack, Path scratch, List<String> prefix, String classPath) {
    this.stack = stack;
    this.scratch = scratch;
    this.prefix = prefix;
    this.classPath = classPath;
  }

  /** The same, started through another program: {@code prefix} and then the command. */
  Commands behind(List<String> prefix) {
    return new Commands(stack, scratch, prefix, classPath);
  }

  /** The same with a copy of the class path that every user can read. */
  Commands withReadableClassPath() throws IOException {
    Path copies = Files.createDirectories(scratch.resolve("classpath"));
    var entries = new ArrayList<String>();
    for (String entry : classPath.split(File.pathSeparator)) {
      Path from = Path.of(entry);
      if (Files.exists(from) && !from.endsWith("test-classes")) {
        Path to = copies.resolve(entries.size() + "-" + from.getFileName());
        copy(from, to);
        entries.add(to.toString());
      }
    }
    return new Commands(stack, scratch, prefix, String.join(File.pathSeparator, entries));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (!Files.exists(copy)) {
          Files.copy(file, copy);
        }
      }
    }
  }

  /** Whether {@code prefix true} succeeds here. */
  boolean works(List<String> prefix) throws IOException, InterruptedException {
    var words = new ArrayList<>(prefix);
    words.add("true");
    return new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  /** Starts a command; its output goes nowhere. */
  Process start(String... words) throws IOException {
    return builder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Runs a command to its end. */
  DevStack.Result run(String... words) throws IOException, InterruptedException {
    var process = builder(words).redirectErrorStream(true).start();
    String output = String.join("\n", process.inputReader().lines().toList());
    return new DevStack.Result(process.waitFor(), output);
  }

  /**
   * Runs a command that must be refused: with this exit code and one sentence that contains {@code
   * expected}, and without a trace in {@code unchanged}.
   */
  void refused(int exit, String expected, Path unchanged, String... words)
      throws IOException, InterruptedException {
    var before = listing(unchanged);
    Path out = Files.createTempFile(scratch, "refused", ".out");
    Path err = Files.createTempFile(scratch, "refused", ".err");
    var process = builder(words).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "not refused: " + String.join(" ", words) + "\n" + Files.readString(out));
    }
    String errors = Files.readString(err);
    assertEquals(exit, process.exitValue(), errors);
    assertEquals(1, errors.lines().count(), errors);
    assertTrue(errors.startsWith("salvus: "), errors);
    assertTrue(errors.contains(expected), errors);
    assertEquals(before, listing(unchanged));
    System.out.print(errors);
  }

  private ProcessBuilder builder(String... words) {
    var command = new ArrayList<>(prefix);
    command.addAll(stack.command(words));
    command.set(command.indexOf("-cp") + 1, classPath);
    return new ProcessBuilder(command)
        .directory(new File("/"))
        .redirectInput(new File("/dev/null"));
  }

  /** Names, types, rights and contents of everything below a directory, mounts left out. */
  private static SortedMap<String, String> listing(Path top) throws IOException {
    var listing = new TreeMap<String, String>();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (IGNORED.contains(path.getFileName().toString()) || path.endsWith("cassandra")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            listing.put(path.toString(), rights(path));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (!IGNORED.contains(path.getFileName().toString())) {
              listing.put(path.toString(), rights(path) + digest(path));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException deadMount) {
            return FileVisitResult.CONTINUE;
          }
        });
    return listing;
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
        + " "
        + Files.getOwner(path)
        + " ";
  }

  private static String digest(Path path) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(path)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
