package org.salvusfs.daemon.management;

import java.io.OutputStream;
import java.util.Optional;

/** Projects as archives for other programs. Thread-safe; methods block on the stores. */
public interface ManagedExports {
  /**
   * Writes a project as a tar archive in pax format, as of one moment, while people go on working.
   * Nothing is written before it is clear that it can begin.
   *
   * @param snapshot empty: the project as it is, kept in a snapshot that goes afterwards
   * @param out gets the whole archive, or, if this throws, a part of it; is not closed
   * @throws DaemonException.UnknownProject if there is no such project
   * @throws DaemonException.UnknownSnapshot if it has no such snapshot
   * @throws DaemonException.Failed if something in it cannot be read, or {@code out} fails
   */
  ExportReport export(String project, Optional<String> snapshot, OutputStream out)
      throws DaemonException;
}
