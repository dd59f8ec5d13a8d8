package org.salvusfs.daemon.stack;

import java.util.List;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.management.DaemonException;

/**
 * An operation under which daemons are killed, with what it works on. One thread uses it at a time.
 */
interface Killable {
  /** Makes what it works on, durably. */
  void prepare(ControlClient client) throws Exception;

  /** What is to be killed; also what finishes it afterwards, so that it may be done already. */
  void run(ControlClient client) throws DaemonException;

  /**
   * Whether it is done. Fails unless everything is either as it was before or as it is to be.
   *
   * @param client of a daemon that was started after the kill
   */
  boolean isDone(ControlClient client) throws Exception;

  /** Fails unless everything is as it is to be, and nothing is left of earlier attempts. */
  void verify(ControlClient client) throws Exception;

  /** Names of the projects that a check must find sound now. */
  List<String> projects(ControlClient client) throws DaemonException;

  /** Removes what {@link #prepare} made. */
  void clear(ControlClient client) throws DaemonException;

  /** After the last round of many. */
  default void conclude(ControlClient client) throws Exception {}
}
