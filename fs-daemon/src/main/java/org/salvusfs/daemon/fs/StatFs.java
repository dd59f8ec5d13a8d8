package org.salvusfs.daemon.fs;

/**
 * What statfs shows; sizes in units of {@code blockBytes}.
 *
 * @param blocksFree for root
 * @param blocksAvailable for everybody else
 */
public record StatFs(
    long blocks,
    long blocksFree,
    long blocksAvailable,
    long inodes,
    long inodesFree,
    int blockBytes,
    int nameBytesMax) {}
