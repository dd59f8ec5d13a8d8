package org.salvusfs.daemon.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.ExportReport;

/** Exporting projects, unpacked by GNU tar and compared with the mount. */
@Tag("mount")
class ExportIT {
  private static final String UNPACK =
      "tar --xattrs --xattrs-include='*' --acls --numeric-owner -xpf ";

  /** What an archive finds hard, besides. */
  private static final String MAKE_HARD =
      """
      long=$(printf 'n%.0s' $(seq 250))
      mkdir -p "$long/$long/$long"; echo deep > "$long/$long/$long/$long"
      ln -s "$long/$long/$long/$long" far; ln "$long/$long/$long/$long" near
      printf z > "$(printf '\\xfe%.0s' $(seq 200))"; printf u > "$(printf 'ü%.0s' $(seq 120))"
      printf e > $'line\\nfeed'; printf d > -dash; printf s > ' '
      setfattr -n user.a=b%c -v 0x00ff3d0a00 near; setfattr -n user.empty near
      setfattr -n user.big -v "$(head -c 3000 /dev/zero | tr '\\0' v)" near
      setfattr -h -n trusted.ofLink -v 1 far; setfattr -n security.selinux -v 'a:b:c:s0' near
      printf o > owned; chown 3000000:4000000000 owned
      mkdir sticky locked; chmod 1777 sticky; echo in > locked/in; chmod 0 locked
      mkfifo fifo2; ln fifo2 fifo3; ln link link2
      for i in 1 3 5; do printf "$i" | dd of=holes bs=1 seek=${i}00000 conv=notrunc status=none; done
      head -c 100000 /dev/urandom > tail; truncate -s 1000001 tail
      truncate -s 12345 hole; head -c 512 /dev/urandom > block; head -c 513 /dev/urandom > more
      touch -d '2003-02-03 04:05:06.000000001' more; touch -d '1970-01-01 00:00:00 UTC' block
      """;

  /** What another program finds in an archive. */
  private static final String READ_BY_PYTHON =
      """
      python3 - << END
      import hashlib, tarfile
      archive = tarfile.open("again.tar")
      print(hashlib.sha256(archive.extractfile("./holes").read()).hexdigest() + "  -")
      print(len(archive.getmembers()))
      END
      """;

  /** What rsync does not look at. */
  private static final String STAT =
      "find . ! -type s -printf '%p %y %m %U %G %n %l ' \\( -type d -o -printf '%s %T@' \\) -printf '\\n' | sort";

  @TempDir Path directory;
  private DevStack stack;
  private Path home;
  private Path unpacked;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\n");
    stack.start();
    home = stack.home();
    unpacked = Files.createDirectory(directory.resolve("unpacked"));
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void export_ofEverything_isUnpackedByTarToTheSame_andNamesWhatItLeavesOut() throws Exception {
    sh(home, Trees.MAKE_EVERYTHING);
    sh(home, MAKE_HARD);
    Path file = directory.resolve("demo.tar");
    var result = stack.run("export", "demo", file.toString());
    assertEquals(1, result.exit(), () -> result.output() + stack.errors());
    assertTrue(result.output().contains("socket: a socket"), result.output());
    assertTrue(result.output().contains("; 1 are not"), result.output());
    assertEquals("", sh(unpacked, UNPACK + file));
    Trees.assertSame(home, unpacked, "--exclude=/socket");
    assertEquals(sh(home, STAT), sh(unpacked, STAT));
    sh(unpacked, "test $(stat -c %b sparse) -lt 100 && test $(stat -c %b hole) = 0");
    sh(
        unpacked,
        "test $(stat -c %b holes) -le 24 && test fifo2 -ef fifo3 && test near -ef n*/*/*/*");
    assertTrue(Files.size(file) < 8_000_000, "holes were written: " + Files.size(file));
    assertNothingIsLeft();

    sh(home, "rm socket");
    var report = report(directory.resolve("again.tar"));
    assertTrue(report.isComplete(), report.toString());
    assertEquals(
        sh(home, "sha256sum < holes") + "\n" + report.entries(), sh(directory, READ_BY_PYTHON));
    assertEquals(
        sh(directory, "sha256sum < again.tar; stat -c %s again.tar"),
        report.sha256() + "  -\n" + report.bytes());
  }

  @Test
  void export_ofASnapshot_isThat_andAHoleOfEightTebibytesIsNothing() throws Exception {
    sh(home, "echo then > file; truncate -s 8T huge; echo end >> huge");
    assertEquals(0, stack.run("snapshot", "create", "demo", "one").exit());
    sh(home, "echo now > file; rm huge; echo new > new");
    Path file = directory.resolve("one.tar");
    assertEquals(0, stack.run("export", "demo@one", file.toString()).exit());
    assertTrue(Files.size(file) < 100_000, "" + Files.size(file));
    sh(unpacked, UNPACK + file);
    assertEquals("then\nend", sh(unpacked, "cat file; tail -c 4 huge"));
    sh(unpacked, "test $(stat -c %s huge) = 8796093022212 && test $(stat -c %b huge) -lt 100");
    assertFalse(Files.exists(unpacked.resolve("new")));
    assertNothingIsLeft();
    assertEquals(0, stack.run("snapshot", "delete", "demo", "one").exit());

    var standard =
        new ProcessBuilder(stack.command("export", "demo", "-", "--data", stack.data().toString()))
            .redirectError(directory.resolve("err").toFile())
            .start();
    var tar = new ProcessBuilder("tar", "-xO", "./file").start();
    standard.getInputStream().transferTo(tar.getOutputStream());
    tar.getOutputStream().close();
    assertEquals("now\n", new String(tar.getInputStream().readAllBytes(), UTF_8));
    assertEquals(0, standard.waitFor());
    assertTrue(Files.readString(directory.resolve("err")).contains("are in standard output"));
  }

  @Test
  void export_thatCannotBe_saysWhy_andLeavesNoFile() throws Exception {
    sh(home, "head -c 3000000 /dev/urandom > big");
    Path file = directory.resolve("demo.tar");
    assertEquals(6, stack.run("export", "none", file.toString()).exit());
    assertEquals(6, stack.run("export", "demo@none", file.toString()).exit());
    assertFalse(Files.exists(file));

    Files.writeString(file, "mine");
    var exists = stack.run("export", "demo", file.toString());
    assertEquals(3, exists.exit(), exists.output());
    assertTrue(exists.output().contains("--force replaces it"), exists.output());
    assertEquals("mine", Files.readString(file));
    assertEquals(0, stack.run("export", "demo", file.toString(), "--force").exit());
    assertTrue(Files.size(file) > 3_000_000);
    for (String wrong : new String[] {"/dev/null", unpacked.toString(), "/none/demo.tar"}) {
      assertEquals(3, stack.run("export", "demo", wrong, "--force").exit(), wrong);
    }
    assertEquals(2, stack.run("export", "demo", "-", "--json").exit());

    var command = String.join("' '", stack.command("export", "demo", "PLACE", "--data", ""));
    command = "'" + command.replace("--data' '", "--data' '" + stack.data()) + "'";
    var full = sh(directory, command.replace("PLACE", "-") + " > /dev/full || echo exit $?");
    assertTrue(full.endsWith("exit 3"), full);
    var limited = command.replace("PLACE", directory.resolve("limited.tar").toString());
    var cut = sh(directory, "ulimit -f 100; " + limited + " || echo exit $?");
    assertTrue(cut.endsWith("exit 3") && cut.contains("cannot be written"), cut);
    assertEquals(List.of("demo.tar", "stack", "unpacked"), names());
    assertNothingIsLeft();
  }

  @Test
  void export_brokenOff_isNoticed_andTheNextOneRemovesWhatIsLeft() throws Exception {
    sh(home, "for i in $(seq 10); do head -c 30M /dev/urandom > r$i; done");
    var gone =
        new ProcessBuilder(stack.command("export", "demo", "-", "--data", stack.data().toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(1 << 20, gone.getInputStream().readNBytes(1 << 20).length);
    assertTrue(snapshots().contains("export-under-way"), snapshots());
    gone.destroyForcibly().waitFor();
    DevStack.await(
        Duration.ofMinutes(1), () -> !snapshots().contains("export-under-way"), stack::errors);

    Path file = directory.resolve("demo.tar");
    try (var threads = Executors.newSingleThreadExecutor()) {
      var cut = threads.submit(() -> stack.run("export", "demo", file.toString()));
      DevStack.await(
          Duration.ofMinutes(1),
          () -> cut.isDone() || unfinishedBytes() > 20 << 20,
          () -> "nothing is written: " + stack.errors());
      stack.killDaemon();
      assertEquals(9, cut.get().exit(), cut.get().output());
      assertTrue(cut.get().output().contains("broke off"), cut.get().output());
    }
    assertEquals(List.of("stack", "unpacked"), names());
    stack.start();
    assertTrue(snapshots().contains("export-under-way"), snapshots());
    assertTrue(report(file).isComplete());
    assertNothingIsLeft();

    // Whoever reads slowly does not keep the daemon from ending.
    var slow =
        new ProcessBuilder(stack.command("export", "demo", "-", "--data", stack.data().toString()))
            .redirectErrorStream(false)
            .redirectError(directory.resolve("err").toFile())
            .start();
    assertEquals(1 << 20, slow.getInputStream().readNBytes(1 << 20).length);
    assertEquals(0, stack.stop());
    slow.getInputStream().transferTo(OutputStream.nullOutputStream());
    assertEquals(9, slow.waitFor(), Files.readString(directory.resolve("err")));
  }

  @Test
  void export_ofADamagedBlock_namesTheFile_andIsNotKept() throws Exception {
    sh(home, "echo a > a; head -c 20M /dev/urandom > big; echo c > c");
    assertEquals(0, stack.stop());
    sh(
        stack.data().resolve("packs"),
        "printf 'not what it was' | dd of=$(ls -S | head -1) bs=1 seek=10000000 conv=notrunc status=none");
    stack.start();
    var failed = stack.run("export", "demo", directory.resolve("demo.tar").toString());
    assertEquals(9, failed.exit(), failed.output());
    assertTrue(failed.output().contains("exporting project demo ended at big: "), failed.output());
    assertTrue(failed.output().contains("./salvus check demo"), failed.output());
    assertEquals(List.of("stack", "unpacked"), names());
    assertNothingIsLeft();
    assertEquals("a", sh(home, "cat a"));
  }

  private ExportReport report(Path file) throws Exception {
    var result = stack.run("export", "--json", "demo", file.toString());
    assertEquals(0, result.exit(), () -> result.output() + stack.errors());
    return new ObjectMapper().readValue(result.output(), ExportReport.class);
  }

  private String snapshots() {
    try {
      return stack.run("snapshot", "list", "demo").output();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertNothingIsLeft() {
    assertFalse(snapshots().contains("under-way"), snapshots());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private long unfinishedBytes() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".part"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
