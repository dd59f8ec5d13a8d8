package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Snapshots.RolledBack;

/**
 * Makes a project what it was at a snapshot, while it is in use, and has the kernel forget what it
 * knows of the differences: names, attributes and contents, as far as it was told of them.
 */
final class RollingBack {
  /** A name in a directory that the kernel knows. */
  private record Name(long directory, byte[] name) {}

  private final Projects projects;
  private final Daemon.Mounted mounted;

  RollingBack(Projects projects, Daemon.Mounted mounted) {
    this.projects = projects;
    this.mounted = mounted;
  }

  /**
   * Rolls back.
   *
   * @param beforeName of the snapshot that keeps what is there now
   * @return that snapshot
   */
  Snapshot to(Project project, Snapshot target, String beforeName, Instant now)
      throws IOException, DaemonException {
    OpenProject held = projects.held(project);
    RolledBack outcome;
    try {
      outcome =
          held.fileSystem()
              .replace(
                  () ->
                      held.transactions()
                          .snapshots()
                          .rollBack(
                              target.created(),
                              beforeName,
                              "before the rollback to " + target.name(),
                              now));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.Failed("interrupted before the rollback began", e);
    }
    return switch (outcome) {
      case RolledBack.Done(Snapshot before) -> {
        forget(project, held, before.root(), target.root());
        yield before;
      }
      case RolledBack.NameTaken(String name) ->
          throw new DaemonException.NameTaken(
              "project %s has a snapshot named \"%s\" already; try again"
                  .formatted(project.name(), name));
      case RolledBack.Unknown() ->
          throw new DaemonException.UnknownSnapshot(
              "snapshot \"%s\" was deleted meanwhile".formatted(target.name()));
    };
  }

  /** Has the kernel forget what differs between the tree that was and the one that is. */
  void forget(Project project, OpenProject held, BlockId before, BlockId after) throws IOException {
    Set<Long> nodes = new LinkedHashSet<>();
    List<Name> names = new ArrayList<>();
    held.tree()
        .diff(
            before,
            after,
            (key, old, now) -> {
              long node = mounted.fileSystem().nodeInUse(project.id(), key.inode());
              if (node != 0) {
                nodes.add(node);
                if (isName(key)) {
                  names.add(new Name(node, Keys.suffix(key)));
                }
              }
            });
    names.forEach(each -> mounted.mount().invalidateEntry(each.directory(), each.name()));
    nodes.forEach(node -> mounted.mount().invalidateNode(node, 0, 0));
  }

  private static boolean isName(Key key) {
    return key.kind() == Keys.DIRENT;
  }
}
