package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.salvusfs.blockstore.api.KeyFile;
import org.salvusfs.daemon.backup.Backup;
import org.salvusfs.daemon.backup.Depot;
import org.salvusfs.daemon.backup.Moments;
import org.salvusfs.daemon.backup.Restore;
import org.salvusfs.daemon.backup.TargetException;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.KeyCopy;
import org.salvusfs.daemon.management.ManagedBackups;
import org.salvusfs.daemon.management.RestoreReport;
import org.salvusfs.daemon.management.TargetName;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;

/**
 * Saves the projects of the cluster, as far as this daemon holds or can hold them, and brings them
 * back. One backup or restore at a time; thread-safe.
 */
final class Backups implements ManagedBackups {
  private static final String NAME = "backup-under-way";
  private static final String COMMENT = "a backup reads this, and deletes it when it is done";

  private final Daemon.Parts parts;
  private final PassingSnapshots passing;
  private final ReentrantLock running = new ReentrantLock();

  Backups(Daemon.Parts parts, Snapshots snapshots) {
    this.parts = parts;
    this.passing = new PassingSnapshots(snapshots, parts.stores().metadata().snapshots());
  }

  @Override
  public BackupReport backup(
      TargetName target, List<String> projects, Optional<KeyCopy> key, CheckProgress progress)
      throws DaemonException {
    return alone(
        target,
        "backing up to " + target,
        depot -> {
          List<Project> wanted = new ArrayList<>();
          for (String idOrName : projects) {
            wanted.add(parts.catalogue().find(idOrName));
          }
          if (projects.isEmpty()) {
            parts.stores().metadata().projects().list().stream()
                .filter(Project::isLive)
                .forEach(wanted::add);
          }
          return Backup.run(sources(), place(depot, key), wanted, projects.isEmpty(), progress);
        });
  }

  @Override
  public RestoreReport restore(TargetName target, CheckProgress progress) throws DaemonException {
    return alone(
        target, "restoring from " + target, depot -> Restore.run(destination(), depot, progress));
  }

  /** What takes long. */
  @FunctionalInterface
  private interface Work<T> {
    T run(Depot depot) throws IOException, DaemonException;
  }

  private <T> T alone(TargetName target, String what, Work<T> work) throws DaemonException {
    if (target instanceof TargetName.Directory directory) {
      requireApart(directory.path());
    }
    if (!running.tryLock()) {
      throw new DaemonException.Obstructed(
          "a backup or restore is under way in this daemon; wait for it, or cancel its job");
    }
    try (var depot = Depot.of(target, parts.data().layout().targets(), writer())) {
      return work.run(depot);
    } catch (TargetException e) {
      throw new DaemonException.Obstructed(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw Explain.request(what, e);
    } finally {
      running.unlock();
    }
  }

  private void requireApart(Path directory) throws DaemonException {
    if (directory.startsWith(parts.config().mount())
        || directory.startsWith(parts.data().layout().directory())) {
      throw new DaemonException.Invalid(
          "the target %s is in the mount or the data directory, and would be lost with it"
              .formatted(directory));
    }
  }

  private String writer() {
    return "the host %s".formatted(parts.data().host());
  }

  private Backup.Sources sources() {
    var stores = parts.stores();
    var metadata = stores.metadata();
    return new Backup.Sources(
        metadata.projects(),
        metadata.projectKeys(),
        metadata.snapshots(),
        metadata.nodes(),
        stores.blocks().store(),
        stores.blocks().codec(),
        stores.cluster().cluster(),
        stores.cluster().keyCheck(),
        this::hold,
        this::now);
  }

  private Restore.Destination destination() {
    var stores = parts.stores();
    var metadata = stores.metadata();
    return new Restore.Destination(
        metadata.projects(),
        metadata.projectKeys(),
        metadata.heads(),
        metadata.snapshots(),
        metadata.nodes(),
        stores.blocks().store(),
        stores.blocks().codec(),
        stores.cluster().keyCheck(),
        parts.data().host(),
        parts.data().layout().restoring());
  }

  private Instant now() {
    return Instant.ofEpochMilli(
        TimeUnit.NANOSECONDS.toMillis(parts.surroundings().wallClock().getAsLong()));
  }

  /** Decides on the key: see decision 015. */
  private Backup.Place place(Depot depot, Optional<KeyCopy> wish)
      throws IOException, DaemonException {
    Path file = parts.data().layout().clusterKey();
    boolean isWrapped = new KeyFile(file).isWrapped();
    Optional<Boolean> before = Backup.hasKey(depot);
    boolean hasKey;
    if (wish.isPresent()) {
      hasKey = wish.get() == KeyCopy.INCLUDE;
    } else if (before.isPresent()) {
      hasKey = before.get();
    } else if (isWrapped) {
      hasKey = true;
    } else {
      throw new DaemonException.Obstructed(
          "no passphrase protects the cluster key: with --key include it lies on the target, and whoever gets that can read everything; with --key omit keep %s elsewhere, as nothing can be restored without it"
              .formatted(file));
    }
    boolean isWritten = hasKey && (isWrapped || wish.isPresent());
    return new Backup.Place(
        depot, hasKey, isWritten ? Optional.of(Files.readString(file)) : Optional.empty());
  }

  private Moments.Moment hold(Project project) throws IOException, DaemonException {
    for (Snapshot left : parts.stores().metadata().snapshots().list(project.id())) {
      if (left.name().equals(NAME) && left.comment().equals(COMMENT)) {
        passing.remove(project, left.name(), Moments.TAG); // of a backup that was killed
      }
    }
    return passing.make(project, NAME, COMMENT, Moments.TAG);
  }
}
