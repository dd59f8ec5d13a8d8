/**
 * The core interface between the kernel's requests and the VFS: operations by inode number. The
 * bindings in {@code org.salvusfs.daemon.fuse} call it, {@code org.salvusfs.daemon.vfs} implements
 * it.
 */
@NullMarked
package org.salvusfs.daemon.fs;

import org.jspecify.annotations.NullMarked;
