package org.salvusfs.daemon.backup;

import java.io.IOException;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;

/** Keeps projects as they are for as long as it takes to copy them. */
public interface Moments {
  /** Tag of the snapshots that are held for a backup. */
  String TAG = "salvus-backup";

  /** A project as of one moment; nothing that it had then goes before {@link #close}. */
  interface Moment extends AutoCloseable {
    /** The held snapshot that keeps it. */
    Snapshot snapshot();

    @Override
    void close() throws IOException, DaemonException;
  }

  /**
   * Commits what is dirty and keeps it; takes away what an earlier backup left when it was killed.
   */
  Moment hold(Project project) throws IOException, DaemonException;
}
