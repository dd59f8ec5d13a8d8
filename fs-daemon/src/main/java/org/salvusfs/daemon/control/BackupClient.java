package org.salvusfs.daemon.control;

import java.util.List;
import java.util.Optional;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.KeyCopy;
import org.salvusfs.daemon.management.ManagedBackups;
import org.salvusfs.daemon.management.RestoreReport;
import org.salvusfs.daemon.management.TargetName;

/**
 * What a command can ask, as far as it is about backups. Progress is heard on the caller's thread;
 * one that is under way already, because whoever began it went away, is gone on with.
 */
record BackupClient(ControlClient client) implements ManagedBackups {
  @Override
  public BackupReport backup(
      TargetName target, List<String> projects, Optional<KeyCopy> key, CheckProgress progress)
      throws DaemonException {
    var wanted =
        new Messages.NewBackup(
            target.toString(),
            projects.isEmpty() ? null : projects,
            key.map(KeyCopy::word).orElse(null));
    return client.follow("/v1/backups", wanted, progress, Messages.JobStatus::backedUp);
  }

  @Override
  public RestoreReport restore(TargetName target, CheckProgress progress) throws DaemonException {
    var wanted = new Messages.NewRestore(target.toString());
    return client.follow("/v1/restores", wanted, progress, Messages.JobStatus::restored);
  }
}
