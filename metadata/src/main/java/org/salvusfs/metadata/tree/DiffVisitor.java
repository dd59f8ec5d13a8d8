package org.salvusfs.metadata.tree;

import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/** Receives what differs between two trees, in key order. */
@FunctionalInterface
public interface DiffVisitor {
  /**
   * An item that is only in one of the trees, or has another value in the other.
   *
   * @param before value in the first tree, null if it is not there
   * @param after value in the second tree, null if it is not there
   */
  void differs(Key key, byte @Nullable [] before, byte @Nullable [] after) throws MetadataException;
}
