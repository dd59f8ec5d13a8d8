/**
 * What the bindings to the kernel's FUSE have in common: {@link org.salvusfs.daemon.fuse.FuseMount}
 * is a filesystem that is mounted and served, {@link org.salvusfs.daemon.fuse.FuseBinding} names
 * who can serve it. {@code fuse.kernel} speaks the protocol itself, {@code fuse.jnr} goes through
 * libfuse2; both call the same {@link org.salvusfs.daemon.fs.FileSystem}.
 */
@NullMarked
package org.salvusfs.daemon.fuse;

import org.jspecify.annotations.NullMarked;
