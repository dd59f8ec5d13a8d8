package org.salvusfs.daemon.management;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Writes an archive of nothing but text, long enough to be sent in several parts. */
final class FakeExports implements ManagedExports {
  /** Among what was planted: the archive ends in the middle. */
  static final String DAMAGE = "damage";

  private static final int LINES = 50_000;

  private final FakeDaemon daemon;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean goesOn;

  FakeExports(FakeDaemon daemon) {
    this.daemon = daemon;
  }

  void goOn() {
    goesOn = true;
  }

  boolean awaitEnd(Duration timeout) throws InterruptedException {
    return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public ExportReport export(String project, Optional<String> snapshot, OutputStream out)
      throws DaemonException {
    var id = daemon.project(project).id();
    if (snapshot.isPresent()) {
      daemon.snapshots().show(project, snapshot.get());
    }
    var line = (project + snapshot.map(name -> "@" + name).orElse("") + " is here\n");
    var bytes = line.repeat(LINES).getBytes(StandardCharsets.UTF_8);
    List<String> planted = daemon.planted();
    boolean isDamaged = planted.contains(DAMAGE);
    try {
      out.write(bytes, 0, isDamaged ? bytes.length / 2 : bytes.length);
      while (goesOn) {
        out.write(bytes);
      }
    } catch (IOException e) {
      ended.countDown();
      throw new DaemonException.Failed("nobody reads it", e);
    }
    if (isDamaged) {
      throw new DaemonException.Failed("exporting " + project + " ended at a/ü: it is damaged");
    }
    var sha256 = HexFormat.of().formatHex(ExportReport.newDigest().digest(bytes));
    return new ExportReport(
        id, snapshot.orElse(null), "2026-11-21T14:05:00.123Z", 3, bytes.length, sha256, planted, 0);
  }
}
