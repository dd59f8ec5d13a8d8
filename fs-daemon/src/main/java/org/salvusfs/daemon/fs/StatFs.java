package org.salvusfs.daemon.fs;

/** What statfs shows; sizes in units of {@code blockBytes}. */
public record StatFs(
    long blocks, long blocksFree, long inodes, long inodesFree, int blockBytes, int nameBytesMax) {}
