package org.salvusfs.daemon.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.handover.HandOver;
import org.salvusfs.daemon.stack.DevStack;

/** {@code salvus upgrade}: whoever works in the mount goes on, also if it fails. */
@Tag("mount")
class UpgradeIT {
  /** More than one answer to getdents holds. */
  private static final int ENTRIES = 3000;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ANY_FREE = "control: {port: 0}\n";

  @TempDir Path directory;
  private DevStack stack;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\n" + ANY_FREE);
    stack.start();
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void upgrade_openFilesDirectoriesLocksAndAClone_goOn() throws Exception {
    long before = stack.daemonPid();
    long cassandra = stack.cassandraPid();
    Path home = stack.home();
    Path many = Files.createDirectory(home.resolve("many"));
    for (int i = 0; i < ENTRIES; i++) {
      Files.createFile(many.resolve("entry-" + i));
    }
    byte[] contents = random(300_000);
    Path gone = home.resolve("gone");
    try (var unlinked = FileChannel.open(gone, CREATE_READ_WRITE);
        var log = new Writing(home.resolve("log"));
        var clones = new Clones(home.resolve("clones"), directory.resolve("source"));
        var shell = new Shell(home);
        DirectoryStream<Path> stream = Files.newDirectoryStream(many)) {
      unlinked.write(ByteBuffer.wrap(contents));
      Files.delete(gone);
      Iterator<Path> entries = stream.iterator();
      Set<String> seen = new HashSet<>(Set.of(name(entries.next())));
      clones.awaitAnother();

      assertUpgraded(stack.upgrade());

      assertNotEquals(before, stack.daemonPid());
      assertEquals(stack.daemonPid(), stack.announcedPid());
      assertEquals(cassandra, stack.cassandraPid());
      log.awaitMore();
      clones.awaitAnother();
      entries.forEachRemaining(path -> assertTrue(seen.add(name(path)), path.toString()));
      assertEquals(ENTRIES, seen.size());
      assertEquals(List.of(), log.end());
      clones.end();
      shell.verify();
      byte[] kept = new byte[contents.length];
      unlinked.read(ByteBuffer.wrap(kept), 0);
      assertTrue(Arrays.equals(contents, kept), "the unlinked file has other contents");
      assertEquals(contents.length, unlinked.write(ByteBuffer.wrap(contents)));
      sound();
    }
    sound();
  }

  @Test
  void upgrade_againAndAgainUnderLoad_losesNothing() throws Exception {
    try (var first = new Writing(stack.home().resolve("first"));
        var second = new Writing(stack.home().resolve("second"));
        var clones = new Clones(stack.home().resolve("clones"), directory.resolve("source"))) {
      for (int round = 0; round < 3; round++) {
        long before = stack.daemonPid();
        assertUpgraded(stack.upgrade());
        assertNotEquals(before, stack.daemonPid());
        first.awaitMore();
        second.awaitMore();
      }
      assertEquals(List.of(), first.end());
      assertEquals(List.of(), second.end());
      clones.end();
    }
    sound();
  }

  @Test
  void upgrade_thatCannotStart_leavesTheOldDaemonServing() throws Exception {
    long before = stack.daemonPid();
    try (var log = new Writing(stack.home().resolve("log"))) {
      var noJar = stack.upgrade(List.of("sh", "-c", "echo no jar >&2; exit 70", "sh"));
      assertEquals(70, noJar.exit(), noJar.output());
      assertTrue(noJar.output().contains("no jar"), noJar.output());
      log.awaitMore();

      // Found out only when the old daemon has closed everything.
      Path config = stack.data().resolve("salvus.yaml");
      try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        String port = "control: {port: " + taken.getLocalPort() + "}\n";
        Files.writeString(config, Files.readString(config).replace(ANY_FREE, port));
        var noPort = stack.upgrade();
        assertEquals(3, noPort.exit(), noPort.output());
        assertTrue(noPort.output().contains("is taken"), noPort.output());
        Files.writeString(config, Files.readString(config).replace(port, ANY_FREE));
      }
      log.awaitMore();
      awaitAnnounced(before);

      assertUpgraded(stack.upgrade());
      log.awaitMore();
      assertEquals(List.of(), log.end());
    }
    sound();
  }

  @Test
  void upgrade_successorThatDiesHalfWayOrIsOfAnotherVersion_leavesTheOldDaemonServing()
      throws Exception {
    long before = stack.daemonPid();
    try (var log = new Writing(stack.home().resolve("log"))) {
      String refusal = desert("99");
      assertTrue(refusal.startsWith("FAILED"), refusal);
      assertTrue(refusal.contains("version"), refusal);
      log.awaitMore();
      awaitAnnounced(before);

      assertTrue(desert(Integer.toString(HandOver.VERSION)).startsWith("STATE"));
      log.awaitMore();
      awaitAnnounced(before);
      assertEquals(List.of(), log.end());
    }
    sound();
  }

  private String desert(String version) throws IOException, InterruptedException {
    var command = stack.command(stack.data().toString(), version);
    command.set(command.indexOf("org.salvusfs.daemon.cli.Main"), Deserter.class.getName());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = String.join("\n", process.inputReader().lines().toList());
    assertEquals(0, process.waitFor(), output);
    return output.lines().toList().getLast();
  }

  private void awaitAnnounced(long pid) throws InterruptedException {
    DevStack.await(
        PATIENCE,
        () -> Files.exists(stack.data().resolve("daemon.json")),
        () -> "the old daemon has not announced itself again: " + stack.errors());
    assertEquals(pid, stack.daemonPid());
    assertTrue(ProcessHandle.of(pid).isPresent());
  }

  private void assertUpgraded(DevStack.Result upgrade) {
    assertEquals(0, upgrade.exit(), () -> upgrade.output() + stack.errors());
  }

  private void sound() throws IOException, InterruptedException {
    assertEquals(0, stack.run("status").exit());
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
  }

  private static final Set<StandardOpenOption> CREATE_READ_WRITE =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new Random(1).nextBytes(random);
    return random;
  }

  /** A thread that appends to a file which it keeps open. */
  private static final class Writing implements AutoCloseable {
    private final Appender appender;
    private final Thread thread;

    Writing(Path file) {
      appender = new Appender(file, System::nanoTime);
      thread = Thread.ofPlatform().start(appender);
    }

    void awaitMore() throws InterruptedException {
      int before = appender.synced();
      DevStack.await(PATIENCE, () -> appender.synced() > before + 1, () -> "writing stands still");
    }

    /** What was wrong. */
    List<String> end() throws IOException, InterruptedException {
      close();
      return appender.verify(false);
    }

    @Override
    public void close() throws InterruptedException {
      appender.stop();
      thread.join();
    }
  }

  /** A shell that clones a repository over and over. */
  private static final class Clones implements AutoCloseable {
    private static final int FILES = 300;
    private final Path into;
    private final Process shell;

    Clones(Path into, Path source) throws IOException, InterruptedException {
      this.into = Files.createDirectory(into);
      Files.createDirectory(source);
      for (int i = 0; i < FILES; i++) {
        Files.writeString(source.resolve("file-" + i), "line\n".repeat(i));
      }
      run(
          source,
          "git init -q && git add . && git -c user.name=a -c user.email=a@localhost commit -qm x");
      shell =
          shell(
                  into,
                  "for i in $(seq 1000); do [ ! -e end ] || exit 0;"
                      + " git clone -q --no-local '%s' $i || exit 1; touch $i.done; done"
                          .formatted(source))
              .start();
    }

    void awaitAnother() throws InterruptedException {
      int before = done();
      DevStack.await(
          PATIENCE, () -> done() > before || !shell.isAlive(), () -> "cloning stands still");
    }

    private int done() {
      String[] done = into.toFile().list((in, name) -> name.endsWith(".done"));
      return done == null ? 0 : done.length;
    }

    /** Ends after the clone under way; every clone must be as it should. */
    void end() throws IOException, InterruptedException {
      Files.createFile(into.resolve("end"));
      assertEquals(0, shell.waitFor(), () -> output(shell));
      assertTrue(done() > 0);
      run(
          into,
          "for c in *.done; do git -C ${c%.done} fsck --no-progress &&"
              + " [ -z \"$(git -C ${c%.done} status --porcelain)\" ] || exit 1; done");
    }

    @Override
    public void close() throws InterruptedException {
      shell.destroyForcibly().waitFor();
    }
  }

  /** A shell that stands in a directory and holds a lock on a file open for appending. */
  private static final class Shell implements AutoCloseable {
    private final Path home;
    private final Process process;

    Shell(Path home) throws IOException {
      this.home = Files.createDirectory(home.resolve("shell"));
      process =
          shell(
                  this.home,
                  "exec 9>>held; flock -x 9; echo before >&9; echo held;"
                      + " read line; echo $line >&9; cat held; pwd")
              .start();
      assertEquals("held", process.inputReader().readLine());
    }

    void verify() throws IOException, InterruptedException {
      assertEquals(1, shell(home, "flock -n held true").start().waitFor(), "the lock is gone");
      try (var in = process.outputWriter()) {
        in.write("after\n");
      }
      assertEquals(
          List.of("before", "after", home.toString()), process.inputReader().lines().toList());
      assertEquals(0, process.waitFor());
      run(home, "flock -n held true");
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  private static ProcessBuilder shell(Path in, String script) {
    var builder = new ProcessBuilder("bash", "-c", script).directory(in.toFile());
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    return builder.redirectErrorStream(true);
  }

  private static void run(Path in, String script) throws IOException, InterruptedException {
    var process = shell(in, script).start();
    String output = output(process);
    assertEquals(0, process.waitFor(), output);
  }

  private static String output(Process process) {
    return String.join("\n", process.inputReader().lines().toList());
  }
}
