package org.salvusfs.daemon.fuse.kernel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.salvusfs.daemon.fs.MemoryFileSystem;

/**
 * A process that serves a {@link MemoryFileSystem}, to be killed by tests and measured by hand. Its
 * argument is the mount point; a second one, {@code uncached}, makes the kernel ask every time.
 * When unmounted it prints how many requests of each kind there were, and their mean time.
 */
final class MemoryDaemon {
  private MemoryDaemon() {}

  public static void main(String[] args) throws Exception {
    var fs = new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000);
    var counts = new ConcurrentHashMap<String, LongAdder>();
    var times = new ConcurrentHashMap<String, LongAdder>();
    Options options = Options.defaults();
    if (args.length > 1 && args[1].equals("uncached")) {
      options = options.withLifetimes(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
    FuseServer server =
        FuseServer.mount(
            fs,
            Path.of(args[0]),
            options,
            (operation, nanos, errno) -> {
              counts.computeIfAbsent(operation, k -> new LongAdder()).increment();
              times.computeIfAbsent(operation, k -> new LongAdder()).add(nanos);
            });
    System.out.println("mounted");
    server.awaitEnd();
    counts.forEach(
        (operation, count) -> {
          long nanos = times.getOrDefault(operation, new LongAdder()).sum() / count.sum();
          System.out.printf("%-16s %9d %9d ns%n", operation, count.sum(), nanos);
        });
  }
}
