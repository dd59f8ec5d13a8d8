package org.salvusfs.daemon.fs;

import org.salvusfs.metadata.item.InodeItem;

/**
 * What stat shows of an inode.
 *
 * @param node the number by which the kernel names the inode in requests
 * @param ino the number that users see ({@code st_ino}), stable and unique across projects
 * @param item everything else
 */
public record Attr(long node, long ino, InodeItem item) {}
