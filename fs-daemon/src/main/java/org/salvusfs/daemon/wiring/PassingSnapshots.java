package org.salvusfs.daemon.wiring;

import java.io.IOException;
import org.salvusfs.daemon.backup.Moments;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;

/**
 * Keeps states of projects for as long as something reads them: in snapshots of their own, or in
 * those that are there. What a killed daemon leaves, whoever made it removes the next time.
 */
final class PassingSnapshots {
  private final Snapshots snapshots;
  private final SnapshotStore store;

  PassingSnapshots(Snapshots snapshots, SnapshotStore store) {
    this.snapshots = snapshots;
    this.store = store;
  }

  /**
   * Keeps a project as it is now; closing the moment deletes the snapshot.
   *
   * @param name of the snapshot, free
   * @param tag of the hold on it
   */
  Moments.Moment make(Project project, String name, String comment, String tag)
      throws IOException, DaemonException {
    snapshots.createPassing(project, name, comment);
    snapshots.hold(project.id().toString(), name, tag);
    return moment(found(project, name), () -> remove(project, name, tag));
  }

  /**
   * Keeps a snapshot that is there; closing the moment takes the hold away, and that is all.
   *
   * @param tag of the hold on it, which nobody else uses
   * @throws DaemonException.UnknownSnapshot if it is not there
   */
  Moments.Moment keep(Project project, String name, String tag)
      throws IOException, DaemonException {
    snapshots.hold(project.id().toString(), name, tag);
    return moment(found(project, name), () -> release(project, name, tag));
  }

  private Snapshot found(Project project, String name) throws IOException {
    Snapshot found = store.find(project.id(), name);
    if (found == null) {
      throw new MetadataException.Missing("the snapshot " + name + " was deleted at once");
    }
    return found;
  }

  /** Takes a hold away, if it is there. */
  void release(Project project, String name, String tag) throws DaemonException {
    String id = project.id().toString();
    if (snapshots.show(id, name).holds().contains(tag)) {
      snapshots.release(id, name, tag);
    }
  }

  /** Deletes a snapshot that {@link #make} made. */
  void remove(Project project, String name, String tag) throws DaemonException {
    release(project, name, tag);
    snapshots.delete(project.id().toString(), name);
  }

  /** What ends a moment. */
  @FunctionalInterface
  private interface End {
    void run() throws DaemonException;
  }

  private static Moments.Moment moment(Snapshot snapshot, End end) {
    return new Moments.Moment() {
      @Override
      public Snapshot snapshot() {
        return snapshot;
      }

      @Override
      public void close() throws DaemonException {
        end.run();
      }
    };
  }
}
