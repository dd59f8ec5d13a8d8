package org.salvusfs.daemon.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/**
 * What a command needs from the outside.
 *
 * @param terminal whether {@code out} is one, so that a line may be overwritten
 * @param root the source tree that holds the launcher
 * @param successor starts a daemon that takes over from the one that runs
 * @param nanoClock monotonic
 * @param random for keys
 */
record Session(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean terminal,
    Path root,
    DaemonStarter starter,
    DaemonStarter successor,
    LongSupplier nanoClock,
    SecureRandom random) {

  /** Prints a command's answer: as JSON, or what people are told. */
  void say(Object answer, boolean json, String text) {
    out.println(json ? Json.pretty(answer) : text);
  }

  /** Starts a daemon in this process. */
  @FunctionalInterface
  interface DaemonStarter {
    /**
     * Returns when the projects can be used.
     *
     * @param progress hears a few words for each step
     * @throws InterruptedException if the person changed their mind; all is undone then
     */
    ManagedDaemon start(DaemonConfig config, Consumer<String> progress)
        throws DaemonException, InterruptedException;
  }
}
