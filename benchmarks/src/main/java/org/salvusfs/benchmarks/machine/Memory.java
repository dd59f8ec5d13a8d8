package org.salvusfs.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Path;

/** What of the machine's memory is free. */
public final class Memory {
  private Memory() {}

  /**
   * Takes memory and gives it back, so that whoever is measured next finds it. The host of a
   * virtual machine may take back what was free for some seconds (free page reporting), and whoever
   * asks for it first then waits for the host: longer than for the disk.
   */
  public static void provide(int mib) throws IOException, InterruptedException {
    Shell.run(Path.of("/"), "dd", "if=/dev/zero", "of=/dev/null", "bs=" + mib + "M", "count=1");
  }
}
