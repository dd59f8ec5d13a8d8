package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;

/** The projects that a mount has opened, each with the ordinal that its nodes carry. */
final class MountedProjects {
  /** An opened project; {@code ordinal} is 1 for the first. */
  record Mounted(int ordinal, ProjectFileSystem fileSystem) {}

  private static final class Slot {
    /** Held while the project is being opened. */
    final ReentrantLock opening = new ReentrantLock();

    volatile @Nullable Mounted mounted;
  }

  private final ProjectOpener opener;
  private final ConcurrentHashMap<ProjectId, Slot> slots = new ConcurrentHashMap<>();

  /** By ordinal, from 1. Only ever appended to, under its own monitor. */
  private final List<Mounted> byOrdinal = new CopyOnWriteArrayList<>();

  MountedProjects(ProjectOpener opener) {
    this.opener = opener;
  }

  /** The project, opened if it is not yet. Others can be opened meanwhile. */
  Mounted open(Project project) throws IOException, InterruptedException {
    Slot slot = slots.computeIfAbsent(project.id(), id -> new Slot());
    Mounted known = slot.mounted;
    if (known != null) {
      return known;
    }
    slot.opening.lockInterruptibly();
    try {
      Mounted meanwhile = slot.mounted;
      if (meanwhile != null) {
        return meanwhile;
      }
      Mounted opened = number(opener.open(project, ProjectState.unknown(project.id())));
      slot.mounted = opened;
      return opened;
    } finally {
      slot.opening.unlock();
    }
  }

  /**
   * Opens a project of a mount that is taken over; called for each in the order of their ordinals,
   * before the first operation.
   */
  void restore(Project project, ProjectState known) throws IOException {
    var slot = new Slot();
    slot.mounted = number(opener.open(project, known));
    slots.put(project.id(), slot);
  }

  private Mounted number(ProjectFileSystem fileSystem) {
    synchronized (byOrdinal) {
      int ordinal = byOrdinal.size() + 1;
      if (ordinal > Nodes.ORDINAL_MAX) {
        throw new IllegalStateException("a mount can open " + Nodes.ORDINAL_MAX + " projects");
      }
      var mounted = new Mounted(ordinal, fileSystem);
      byOrdinal.add(mounted);
      return mounted;
    }
  }

  /** The project with that ordinal, or null if there is none. */
  @Nullable FileSystem at(int ordinal) {
    return ordinal >= 1 && ordinal <= byOrdinal.size()
        ? byOrdinal.get(ordinal - 1).fileSystem()
        : null;
  }

  List<Mounted> all() {
    return List.copyOf(byOrdinal);
  }
}
