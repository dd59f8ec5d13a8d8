package org.salvusfs.daemon.api;

import java.io.OutputStream;
import org.salvusfs.daemon.management.DaemonException;

/** What comes back: all at once, or bit by bit. */
sealed interface Reply permits Answer, Reply.Stream, Reply.Download {
  /**
   * Text that goes on until either end has had enough.
   *
   * @param type of the whole
   */
  record Stream(String type, Source source) implements Reply {}

  /**
   * A file that is made while it is sent, and a report of it behind it: see {@link
   * org.salvusfs.daemon.control.Trailers}.
   *
   * @param type of the file
   */
  record Download(String type, Content content) implements Reply {}

  /** What makes a file. */
  @FunctionalInterface
  interface Content {
    /**
     * Writes all of it. Blocks.
     *
     * @return the report
     * @throws DaemonException if it cannot be made, or cannot be sent; if nothing was written yet,
     *     that is the answer
     */
    Object writeTo(OutputStream out) throws DaemonException;
  }

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
