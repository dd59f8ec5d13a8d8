package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.tree.DiffVisitor;

/** Projects on rigs, as links see them. */
final class RigLinks implements LinkSource {
  private final Map<ProjectId, ProjectRig> rigs;

  /** Those that are deleted. */
  final Set<ProjectId> gone = new HashSet<>();

  /** Whether all trees but the latest are too old. */
  boolean forgetsTrees;

  RigLinks(Map<ProjectId, ProjectRig> rigs) {
    this.rigs = rigs;
  }

  private ProjectRig rig(ProjectId project) {
    ProjectRig rig = rigs.get(project);
    if (rig == null) {
      throw new AssertionError("no rig of " + project);
    }
    return rig;
  }

  @Override
  public @Nullable BlockId root(ProjectId project) {
    if (gone.contains(project)) {
      return null;
    }
    try (var pin = rig(project).transactions().pinRoot()) {
      return pin.root();
    }
  }

  @Override
  public View view(ProjectId project, BlockId root) {
    return rig(project).tree().view(root);
  }

  @Override
  public FileContents contents(ProjectId project, View view) {
    return rig(project).contents(view);
  }

  @Override
  public void diff(ProjectId project, BlockId before, BlockId after, DiffVisitor visitor)
      throws IOException {
    if (forgetsTrees) {
      throw new MetadataException.Missing("there is no node " + before);
    }
    rig(project).tree().diff(before, after, visitor);
  }
}
