package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * What became of one file, directory or other inode between two states of a project.
 *
 * @param kind {@code added}, {@code removed}, {@code renamed} (and perhaps changed) or {@code
 *     changed}; of a directory only its own attributes
 * @param pathBefore one of its names in the earlier state, from the project's top, bytes that are
 *     no UTF-8 replaced; null if it was not there, or has the name that it has in the later one
 * @param pathAfter likewise in the later state
 * @param sizeBefore its length in bytes, 0 if it was not there
 * @param sizeAfter likewise in the later state
 * @param bytesWritten how much of its contents only the later state has
 */
public record FileDifference(
    String kind,
    long inode,
    @Nullable String pathBefore,
    @Nullable String pathAfter,
    long sizeBefore,
    long sizeAfter,
    long bytesWritten) {}
