package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.vfs.LinkSource;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.tree.DiffVisitor;
import org.salvusfs.metadata.tree.Tree;

/**
 * The projects that links show: those that are open here as of their latest commit, the others as
 * Cassandra says, which is asked again after a moment. None is opened for it. Thread-safe.
 */
final class LinkedProjects implements LinkSource {
  /** How long an answer of Cassandra is good: much shorter than nodes stay that are replaced. */
  private static final Duration KEPT = Duration.ofSeconds(2);

  private record Answer(@Nullable BlockId root, long nanos) {}

  private final Stores stores;
  private final Projects projects;
  private final LongSupplier nanoClock;
  private final Map<ProjectId, Answer> answers = new ConcurrentHashMap<>();

  LinkedProjects(Stores stores, Projects projects, LongSupplier nanoClock) {
    this.stores = stores;
    this.projects = projects;
    this.nanoClock = nanoClock;
  }

  @Override
  public @Nullable BlockId root(ProjectId project) throws MetadataException {
    try (var pin = projects.pin(project)) {
      if (pin != null) {
        return pin.root();
      }
    }
    long now = nanoClock.getAsLong();
    Answer known = answers.get(project);
    if (known == null || now - known.nanos() > KEPT.toNanos()) {
      known = new Answer(stored(project), now);
      answers.put(project, known);
    }
    return known.root();
  }

  private @Nullable BlockId stored(ProjectId id) throws MetadataException {
    Project project = stores.metadata().projects().find(id);
    if (project == null || !project.isLive()) {
      return null;
    }
    Head head = stores.metadata().heads().read(id);
    return head == null ? null : head.root();
  }

  private Tree tree(ProjectId project) {
    return new Tree(project, stores.blocks().codec(), stores.nodes());
  }

  @Override
  public View view(ProjectId project, BlockId root) {
    return tree(project).view(root);
  }

  @Override
  public FileContents contents(ProjectId id, View view) throws IOException {
    Project project = stores.metadata().projects().find(id);
    // Of a project that is gone nothing is shown, so whichever chunks will do.
    return projects.contents(project == null || !project.isLive() ? null : project, view);
  }

  @Override
  public void diff(ProjectId project, BlockId before, BlockId after, DiffVisitor visitor)
      throws MetadataException {
    tree(project).diff(before, after, visitor);
  }
}
