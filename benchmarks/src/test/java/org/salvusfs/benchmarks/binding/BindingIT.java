package org.salvusfs.benchmarks.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fuse.FuseBinding;
import org.salvusfs.daemon.fuse.jnr.JnrServer;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine;

/** Runs where FUSE can be mounted; the baseline in C only where libfuse3's headers are. */
final class BindingIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path directory = Path.of("");

  @Test
  void kernelBinding_answersEveryRequestAndItsTimeGrows() throws Exception {
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "no right to use /dev/fuse");
    check(Candidate.of(FuseBinding.KERNEL, ROOT));
  }

  @Test
  void jnrBinding_answersEveryRequestAndItsTimeGrows() throws Exception {
    try {
      JnrServer.requireMountable(
          Files.createDirectory(directory.resolve("probe")), MemoryServer.OPTIONS);
    } catch (MountException e) {
      assumeTrue(false, e.getMessage());
    }
    check(Candidate.of(FuseBinding.JNR, ROOT));
  }

  @Test
  void baseline_answersEveryRequestAndItsTimeGrows() throws Exception {
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "no right to use /dev/fuse");
    Path program = Files.createDirectory(directory.resolve("program"));
    Candidate baseline;
    try {
      baseline = Baseline.compile(ROOT, program);
    } catch (DaemonException.Obstructed e) {
      assumeTrue(false, e.getMessage());
      return;
    }
    check(baseline);
  }

  private void check(Candidate candidate) throws IOException, InterruptedException {
    Path mountPoint = Files.createDirectory(directory.resolve("mount"));
    try (var server = Server.start(candidate, mountPoint)) {
      Requests.prepare(server.mountPoint());
      double before = server.processorSeconds();
      for (Requests kind : Requests.values()) {
        kind.run(server.mountPoint(), 20_000);
      }
      assertTrue(server.processorSeconds() > before);
    }
    assertEquals(0, mountPoint.toFile().list().length, "still mounted");
  }

  @Test
  void numbersBelowOne_areRefused() {
    var command = new BindingCommand();
    var line = new CommandLine(command).setErr(new PrintWriter(new StringWriter()));
    line.parseArgs("--runs=0");
    assertThrows(DaemonException.Invalid.class, command::call);
  }
}
