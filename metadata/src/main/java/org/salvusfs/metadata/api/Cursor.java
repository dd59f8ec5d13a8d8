package org.salvusfs.metadata.api;

/** A walk over items in key order, by one thread. */
public interface Cursor {
  /** Moves to the next item; false at the end. */
  boolean next() throws MetadataException;

  /** Key of the current item. */
  Key key();

  /** Value of the current item, shared: do not modify. */
  byte[] value();
}
