package org.salvusfs.daemon.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.crew.Crew;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Turns the frozen layers of a txg into item changes. Files go in parallel, and so do the batches
 * of a large file; at most a few batches wait in memory. Changes nothing but the chunk store, where
 * a chunk that is there already is not stored again: so it may be repeated.
 */
final class WriteOut {
  private final Chunks chunks;
  private final Executor workers;
  private final int parallelism;
  private final int extentBytesMax;

  WriteOut(Chunks chunks, Executor workers, int parallelism, int extentBytesMax) {
    this.chunks = chunks;
    this.workers = workers;
    this.parallelism = parallelism;
    this.extentBytesMax = extentBytesMax;
  }

  List<Change> run(Map<Long, Layer> layers, View committed, View frozen) throws IOException {
    var crew = new Crew(workers, parallelism);
    var rewrites = new ConcurrentLinkedQueue<FileRewrite>();
    layers.forEach(
        (inode, layer) ->
            crew.add(
                () -> {
                  InodeItem item = regular(frozen, inode);
                  if (item != null) {
                    InodeItem base = regular(committed, inode);
                    var rewrite =
                        new FileRewrite(
                            chunks,
                            crew,
                            extentBytesMax,
                            inode,
                            layer,
                            committed,
                            item.sizeBytes(),
                            base == null ? 0 : base.sizeBytes());
                    rewrite.prepare();
                    rewrites.add(rewrite);
                  }
                }));
    crew.finish();
    var changes = new ArrayList<Change>();
    rewrites.forEach(rewrite -> rewrite.finish(changes));
    return changes;
  }

  /** The inode if it is there and a regular file. */
  static @Nullable InodeItem regular(View view, long inode) throws IOException {
    byte[] value = view.get(Keys.inode(inode));
    if (value == null) {
      return null;
    }
    InodeItem item = InodeItem.decode(value);
    return item.isRegular() ? item : null;
  }
}
