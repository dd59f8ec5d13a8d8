package org.salvusfs.metadata.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * What became of one inode between two trees.
 *
 * @param inode its number, which is never that of another file
 * @param mode type and permissions, as of the later tree that has it
 * @param pathBefore one of its names in the earlier tree, from the project's top without a leading
 *     slash, bytes that are no UTF-8 replaced; null if it was not there or the name was not asked
 *     for
 * @param pathAfter likewise in the later tree
 * @param sizeBefore its length in bytes, 0 if it was not there
 * @param sizeAfter likewise in the later tree
 * @param bytesWritten how much of its contents only the later tree has
 */
public record FileChange(
    Kind kind,
    long inode,
    int mode,
    @Nullable String pathBefore,
    @Nullable String pathAfter,
    long sizeBefore,
    long sizeAfter,
    long bytesWritten) {
  /** What happened; the first that applies. */
  public enum Kind {
    ADDED,
    REMOVED,
    /** It has a name that it had not, and has lost one; its contents may have changed, too. */
    RENAMED,
    /** Contents, attributes or number of names; for a directory only its own attributes. */
    CHANGED
  }

  /** The name that is there now, or was. */
  public @Nullable String path() {
    return pathAfter != null ? pathAfter : pathBefore;
  }
}
