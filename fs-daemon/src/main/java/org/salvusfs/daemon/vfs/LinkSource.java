package org.salvusfs.daemon.vfs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.tree.DiffVisitor;

/** The trees of the projects that links show, whoever holds them. Thread-safe. */
public interface LinkSource {
  /**
   * The root of a project's tree as of its latest commit that is known here, some seconds old at
   * most; its nodes stay for longer than an operation takes. Null if there is no such project any
   * more, or it is in the trash. May block.
   */
  @Nullable BlockId root(ProjectId project) throws IOException;

  /** Reads the tree with that root. */
  View view(ProjectId project, BlockId root);

  /** Reads contents of files through such a view. */
  FileContents contents(ProjectId project, View view) throws IOException;

  /**
   * What differs between two trees of a project.
   *
   * @throws org.salvusfs.metadata.api.MetadataException.Missing if the earlier one is too old
   */
  void diff(ProjectId project, BlockId before, BlockId after, DiffVisitor visitor)
      throws IOException;
}
