package org.salvusfs.daemon.wiring;

import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/**
 * Lets Ctrl-C and SIGTERM end work in an orderly way: they interrupt the thread that does it, and
 * the process ends with the exit code of the work once it has unwound.
 */
public final class Foreground {
  private Foreground() {}

  /** Runs {@code work} on this thread and returns its exit code. */
  public static int run(IntSupplier work) {
    var worker = Thread.currentThread();
    var done = new CompletableFuture<Integer>();
    var hook =
        new Thread(
            () -> {
              if (!done.isDone()) {
                worker.interrupt();
                Runtime.getRuntime().halt(done.join());
              }
            },
            "signals");
    Runtime.getRuntime().addShutdownHook(hook);
    int code = 70; // a defect, unless the work returns
    try {
      code = work.getAsInt();
    } finally {
      done.complete(code);
    }
    return code;
  }

  /** For keys that a command makes. */
  public static SecureRandom random() {
    return new SecureRandom();
  }

  /** Monotonic, for what is shown to a person who waits. */
  public static long nanoTime() {
    return System.nanoTime();
  }
}
