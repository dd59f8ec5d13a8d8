package org.salvusfs.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The machine that figures come from. */
public final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";

  private Machine() {}

  /** Today, and the processor and kernel in a few words. */
  public static String description() throws IOException {
    String model =
        Files.readAllLines(PROCESSORS).stream()
            .filter(line -> line.startsWith(MODEL))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse("an unnamed processor");
    return "%s, %d cores of %s, Linux %s"
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            model,
            System.getProperty("os.version"));
  }
}
