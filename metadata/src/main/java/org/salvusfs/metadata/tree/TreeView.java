package org.salvusfs.metadata.tree;

import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;

/** A tree at one root. */
public record TreeView(Tree tree, BlockId root) implements View {
  @Override
  public byte @Nullable [] get(Key key) throws MetadataException {
    return tree.get(root, key);
  }

  @Override
  public Cursor scan(Key from, Key to) throws MetadataException {
    return tree.scan(root, from, to);
  }
}
