package org.salvusfs.daemon.control;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.salvusfs.daemon.management.CheckProgress;

/**
 * Writes the progress of a check or an import as lines, one for each thousandth of the way. A
 * listener that went away ends the work: writing fails with {@link UncheckedIOException}.
 */
final class WorkLines implements CheckProgress, AutoCloseable {
  private static final int STEPS = 1000;

  private final OutputStream out;
  private long lastStep = -1;

  WorkLines(OutputStream out) {
    this.out = out;
  }

  @Override
  public void at(long done, long total) {
    long step = total > 0 ? done * STEPS / total : done / STEPS;
    if (step == lastStep) {
      return;
    }
    lastStep = step;
    try {
      write(Messages.WorkLine.progress(done, total));
    } catch (IOException e) {
      throw new UncheckedIOException("whoever asked for it has gone away", e);
    }
  }

  void write(Messages.WorkLine line) throws IOException {
    out.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
