package org.salvusfs.daemon.management;

import java.util.List;
import java.util.Optional;

/**
 * Backups of the whole cluster and their way back. One backup or restore runs at a time.
 * Thread-safe; methods block on the stores.
 */
public interface ManagedBackups {
  /**
   * Saves projects with all their snapshots; what the target has already is not copied again.
   * Durable on return. Each project is saved as of one moment, while people go on working. Whatever
   * ends a backup, the target has the last complete one, and the next goes on.
   *
   * @param target a directory of this machine or a place in a bucket: empty, not there yet, or one
   *     that holds backups of this cluster
   * @param projects ids or names; of the others the target's last backup is kept; empty: all that
   *     are not in the trash
   * @param key empty: as the last time, and at first included if a passphrase protects it
   * @throws DaemonException.UnknownProject if one of them is not there
   * @throws DaemonException.Obstructed if the target is something else, another cluster's, full or
   *     gone, or if the key is not protected and nobody said what to do with it
   * @throws DaemonException.Failed if no project could be saved
   */
  BackupReport backup(
      TargetName target, List<String> projects, Optional<KeyCopy> key, CheckProgress progress)
      throws DaemonException;

  /**
   * Brings all projects of a target's last backup back, into an installation without projects.
   * Projects appear when all of them are complete. Repeated after a failure, it goes on.
   *
   * @throws DaemonException.Obstructed if there are projects here already, if the target is damaged
   *     or no target, or if the key here is another than that of the backup
   */
  RestoreReport restore(TargetName target, CheckProgress progress) throws DaemonException;
}
