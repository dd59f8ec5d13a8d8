package org.salvusfs.daemon.databases;

import java.io.IOException;

/** A database in a home, and clients that record each commit outside of it. */
interface Database {
  /** Starts the server, if there is one, and the clients. */
  void start() throws IOException, InterruptedException;

  /** How many commits have been acknowledged, in this life and those before. */
  long acknowledged() throws IOException;

  /** After the daemon was killed: ends what is left of server and clients. */
  void end() throws IOException, InterruptedException;

  /**
   * After the daemon was started again: checks that the database is sound and that every
   * acknowledged commit is there.
   *
   * @throws AssertionError if not
   */
  void verify() throws IOException, InterruptedException;
}
