package org.salvusfs.daemon.stack;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code salvus dev} in a directory of its own: started as a process, killed, started again. {@link
 * #close} ends what is left of it, whatever happened before, and leaves no mount.
 */
public final class DevStack implements AutoCloseable {
  private static final String CASSANDRA = "org.apache.cassandra.service.CassandraDaemon";
  private static final Duration START_MAX = Duration.ofMinutes(2);

  private final Path directory;
  private final List<String> javaOptions;
  private @Nullable Process daemon;

  /** The daemon that took over last. */
  private @Nullable ProcessHandle successor;

  /**
   * @param directory takes data, mount and output
   * @param javaOptions for the daemon's JVM
   */
  public DevStack(Path directory, String... javaOptions) {
    this.directory = directory;
    this.javaOptions = List.of(javaOptions);
  }

  /** The checkout that this test was built from. */
  public static Path repository() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("metadata/cassandra-server/pom.xml"))) {
        return at;
      }
    }
    throw new IllegalStateException("not inside a SalvusFS checkout");
  }

  public Path data() {
    return directory.resolve("data");
  }

  public Path mount() {
    return directory.resolve("projects");
  }

  /** The first project's home. */
  public Path home() {
    return mount().resolve("demo");
  }

  public long daemonPid() {
    ProcessHandle last = successor;
    return last == null ? running().pid() : last.pid();
  }

  /**
   * Runs {@code salvus upgrade}; if it succeeds, the daemon that was started has ended and the new
   * one is this stack's.
   *
   * @param launcher what the command starts as a new daemon, given its arguments
   */
  public Result upgrade(List<String> launcher) throws IOException, InterruptedException {
    Path root = Files.createDirectories(directory.resolve("root"));
    Path script = root.resolve("salvus");
    var words = launcher.stream().map(word -> "'" + word + "'").toList();
    Files.writeString(script, "#!/bin/sh\nexec " + String.join(" ", words) + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    long before = daemonPid();
    var upgraded = runWith(List.of("-Dsalvus.root=" + root), "upgrade");
    if (upgraded.exit() == 0) {
      successor = ProcessHandle.of(announcedPid()).orElseThrow();
      ProcessHandle.of(before).ifPresent(ended -> ended.onExit().join());
    }
    return upgraded;
  }

  /** The same with this version. */
  public Result upgrade() throws IOException, InterruptedException {
    return upgrade(command());
  }

  /** The process that {@code daemon.json} names. */
  public long announcedPid() throws IOException {
    return new ObjectMapper().readTree(data().resolve("daemon.json").toFile()).get("pid").asLong();
  }

  /** The server that runs now: the daemon starts a new one when it is killed. */
  public long cassandraPid() {
    return cassandra()
        .orElseThrow(() -> new IllegalStateException("no Cassandra runs in " + data()))
        .pid();
  }

  private Optional<ProcessHandle> cassandra() {
    Path cwd = data().resolve("cassandra");
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().filter(c -> c.contains(CASSANDRA)).isPresent())
        .filter(p -> isSame(Path.of("/proc/" + p.pid() + "/cwd"), cwd))
        .findFirst();
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException gone) {
      return false;
    }
  }

  /** A project's home. */
  public Path home(String project) {
    return mount().resolve(project);
  }

  /**
   * Before the first start: the configuration behind {@code data} and {@code mount}. There are no
   * automatic snapshots unless it says so.
   *
   * @param yaml whole lines
   */
  public void configure(String yaml) throws IOException {
    Files.createDirectories(data());
    Files.writeString(
        data().resolve("salvus.yaml"),
        "data: .\nmount: \""
            + mount()
            + "\"\n"
            + (yaml.contains("snapshots:") ? "" : "snapshots: {policy: none}\n")
            + yaml);
  }

  /** Sends a signal, such as STOP or CONT. */
  public static void signal(String name, long pid) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    if (exit != 0) {
      throw new IOException("process " + pid + " takes no SIG" + name);
    }
  }

  /** Starts what does not run and returns when the mount is there. */
  public void start() throws IOException, InterruptedException {
    Path out = directory.resolve("dev.out");
    Files.createDirectories(directory);
    Files.deleteIfExists(out);
    daemon =
        process(
                command(
                    "dev", "--json", "--data", data().toString(), "--mount", mount().toString()))
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(directory.resolve("dev.err").toFile()))
            .start();
    Process started = running();
    await(
        START_MAX,
        () -> !started.isAlive() || read(out).contains("\n}"),
        () -> "salvus dev was not ready: " + errors());
    if (!started.isAlive()) {
      throw new IOException("salvus dev ended with " + started.exitValue() + ": " + errors());
    }
  }

  /** Runs another salvus command on this installation; returns what it printed. */
  public Result run(String... words) throws IOException, InterruptedException {
    return runWith(List.of(), words);
  }

  private Result runWith(List<String> moreJavaOptions, String... words)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of(words));
    all.add("--data");
    all.add(data().toString());
    Path out = Files.createTempFile(directory, "run", ".out");
    var command = command(all.toArray(String[]::new));
    command.addAll(command.indexOf("-cp"), moreJavaOptions);
    Process process =
        process(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .start();
    int exit = process.waitFor();
    var result = new Result(exit, read(out));
    Files.delete(out);
    return result;
  }

  /** A command's exit code and output. */
  public record Result(int exit, String output) {}

  public void killDaemon() throws InterruptedException {
    Process killed = running();
    killed.destroyForcibly();
    killed.waitFor();
  }

  public void killCassandra() {
    cassandra()
        .ifPresent(
            handle -> {
              handle.destroyForcibly();
              handle.onExit().join();
            });
  }

  /** Stops as Ctrl-C does; returns the exit code. */
  public int stop() throws InterruptedException {
    Process stopped = running();
    stopped.destroy();
    if (!stopped.waitFor(2, TimeUnit.MINUTES)) {
      throw new IllegalStateException("salvus dev did not stop: " + errors());
    }
    return stopped.exitValue();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Process last = daemon;
    ProcessHandle upgraded = successor;
    try {
      if (upgraded != null && upgraded.isAlive()) {
        end(upgraded);
      }
      if (last != null && last.isAlive()) {
        signal("CONT", last.pid());
        last.destroy();
        if (!last.waitFor(1, TimeUnit.MINUTES)) {
          last.destroyForcibly().waitFor();
        }
      }
      killCassandra();
    } finally {
      if (Files.readString(Path.of("/proc/mounts")).contains(" " + mount() + " ")) {
        new ProcessBuilder("umount", "-l", mount().toString()).inheritIO().start().waitFor();
      }
    }
  }

  private static void end(ProcessHandle process) throws InterruptedException {
    process.destroy();
    try {
      process.onExit().get(1, TimeUnit.MINUTES);
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  /** What the daemon wrote to its standard error and its log, for messages. */
  public String errors() {
    String log = read(data().resolve("logs/daemon.log"));
    return read(directory.resolve("dev.err"))
        + "\n"
        + log.substring(Math.max(0, log.length() - 8000));
  }

  /** Waits for a condition with a deadline. */
  public static void await(
      Duration atMost, BooleanSupplier condition, java.util.function.Supplier<String> message)
      throws InterruptedException {
    Instant end = Instant.now().plus(atMost);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException(message.get());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private Process running() {
    if (daemon == null) {
      throw new IllegalStateException("not started");
    }
    return daemon;
  }

  private static ProcessBuilder process(List<String> command) {
    var builder = new ProcessBuilder(command);
    builder.environment().put("MALLOC_ARENA_MAX", "2"); // as the launcher does
    return builder;
  }

  /** A salvus command with the launcher's options for the JVM. */
  public List<String> command(String... words) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "@" + repository().resolve("fs-daemon/jvm.options"),
            // Not the tests' own, which keeps no log file.
            "-Dlogback.configurationFile="
                + repository().resolve("fs-daemon/src/main/resources/logback.xml"),
            "-Dsalvus.root=" + repository(),
            "-Dsalvus.cassandra.lib="
                + repository().resolve("metadata/cassandra-server/target/lib")));
    command.addAll(javaOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("org.salvusfs.daemon.cli.Main");
    command.addAll(List.of(words));
    return command;
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
