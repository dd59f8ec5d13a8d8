package org.salvusfs.metadata.txg;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.tree.Tree;

/**
 * A view of overlays, newest first, above a committed root.
 *
 * @param overlays at most two: the open group's and the syncing one's
 */
record Layers(Tree tree, List<Overlay> overlays, BlockId root) implements View {
  @Override
  public byte @Nullable [] get(Key key) throws MetadataException {
    for (Overlay overlay : overlays) {
      byte[] value = overlay.get(key);
      if (value != null) {
        return Overlay.isTombstone(value) ? null : value;
      }
    }
    return tree.get(root, key);
  }

  @Override
  public Cursor scan(Key from, Key to) throws MetadataException {
    return new MergedCursor(overlays, tree.scan(root, from, to), from, to);
  }
}
