package org.salvusfs.daemon.api;

import org.salvusfs.daemon.management.DaemonException;

/** What comes back: all at once, or bit by bit. */
sealed interface Reply permits Answer, Reply.Stream {
  /**
   * Text that goes on until either end has had enough.
   *
   * @param type of the whole
   */
  record Stream(String type, Source source) implements Reply {}

  /** Where the text comes from. */
  @FunctionalInterface
  interface Source {
    /** Sends until there is no more, or nobody listens. Blocks. */
    void run(Sink sink) throws DaemonException, InterruptedException;
  }

  /** Where the text goes to. */
  interface Sink {
    /** Waits until it is on its way; false: nobody listens any more. */
    boolean send(String text) throws InterruptedException;

    /** Waits for some time; false: it is time to end. */
    boolean pause(long nanos) throws InterruptedException;
  }
}
