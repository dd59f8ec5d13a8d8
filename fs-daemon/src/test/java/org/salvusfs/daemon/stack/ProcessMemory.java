package org.salvusfs.daemon.stack;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What a process holds of memory, as the kernel and its JVM tell. */
final class ProcessMemory {
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final Pattern GENERATION =
      Pattern.compile("(?m)^\\s*(?:PSYoungGen|ParOldGen).*?used (\\d+)K");

  private static final int HISTOGRAM_LINES = 30;

  private final long pid;

  ProcessMemory(long pid) {
    this.pid = pid;
  }

  /** Resident bytes now. */
  long residentBytes() throws IOException {
    return status("VmRSS");
  }

  /** The most resident bytes there ever were. */
  long residentBytesPeak() throws IOException {
    return status("VmHWM");
  }

  /**
   * Bytes of live objects: collects garbage first. The process must run with the parallel
   * collector.
   */
  long liveHeapBytes() throws IOException, InterruptedException {
    jcmd("GC.run");
    String info = jcmd("GC.heap_info");
    var generations = GENERATION.matcher(info);
    long kib = 0;
    int found = 0;
    while (generations.find()) {
      kib += Long.parseLong(generations.group(1));
      found++;
    }
    if (found != 2) {
      throw new IOException("not the heap of a parallel collector: " + info);
    }
    return kib << 10;
  }

  /** The classes that hold most of the heap, for messages. */
  String histogram() {
    try {
      return jcmd("GC.class_histogram").lines().limit(HISTOGRAM_LINES).collect(joining("\n"));
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private long status(String field) throws IOException {
    String status = Files.readString(Path.of("/proc/" + pid + "/status"));
    var line = Pattern.compile("(?m)^" + field + ":\\s+(\\d+) kB$").matcher(status);
    if (!line.find()) {
      throw new IOException("no " + field + " of process " + pid);
    }
    return Long.parseLong(line.group(1)) << 10;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(JCMD.toString(), Long.toString(pid), command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd " + command + ": " + output);
    }
    return output;
  }

  @Override
  public String toString() {
    try {
      return "resident %d MiB, at most %d MiB"
          .formatted(residentBytes() >> 20, residentBytesPeak() >> 20);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
