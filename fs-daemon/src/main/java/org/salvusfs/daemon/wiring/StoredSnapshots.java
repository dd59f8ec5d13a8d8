package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.vfs.SnapshotSource;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.tree.Tree;

/**
 * An open project's snapshots as its mount asks for them.
 *
 * @param tree the project's
 * @param contentsOf makes contents that are read through a view
 * @param noticed what is to be said of them now
 */
record StoredSnapshots(
    ProjectId project,
    SnapshotStore store,
    Tree tree,
    Function<View, FileContents> contentsOf,
    Supplier<Optional<String>> noticed)
    implements SnapshotSource {
  @Override
  public List<Snapshot> list() throws IOException {
    return store.list(project);
  }

  @Override
  public @Nullable Snapshot find(String name) throws IOException {
    return store.find(project, name);
  }

  @Override
  public Optional<String> notice() {
    return noticed.get();
  }

  @Override
  public View view(Snapshot snapshot) {
    return tree.view(snapshot.root());
  }

  @Override
  public FileContents contents(View view) {
    return contentsOf.apply(view);
  }
}
