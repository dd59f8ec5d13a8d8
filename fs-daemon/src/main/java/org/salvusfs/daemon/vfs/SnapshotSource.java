package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.View;

/** The snapshots of one project, as its mount asks for them. Thread-safe. */
public interface SnapshotSource {
  /** All that may be used, oldest first. Blocks. */
  List<Snapshot> list() throws IOException;

  /** One that may be used, by name; null if there is none. Blocks. */
  @Nullable Snapshot find(String name) throws IOException;

  /** What whoever looks for snapshots is to be told; empty: nothing. Returns at once. */
  Optional<String> notice();

  /** What a snapshot holds, readable as long as it exists. */
  View view(Snapshot snapshot);

  /** Reads contents of files through such a view. */
  FileContents contents(View view);

  /** Of a project that has no snapshots. */
  SnapshotSource NONE =
      new SnapshotSource() {
        @Override
        public List<Snapshot> list() {
          return List.of();
        }

        @Override
        public @Nullable Snapshot find(String name) {
          return null;
        }

        @Override
        public Optional<String> notice() {
          return Optional.empty();
        }

        @Override
        public View view(Snapshot snapshot) {
          throw new IllegalArgumentException("there is no snapshot " + snapshot);
        }

        @Override
        public FileContents contents(View view) {
          throw new IllegalArgumentException("there is no snapshot");
        }
      };
}
