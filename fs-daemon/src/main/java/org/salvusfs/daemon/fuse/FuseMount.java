package org.salvusfs.daemon.fuse;

import java.nio.file.Path;

/**
 * A mounted filesystem being served, by whichever binding. Thread-safe.
 *
 * <p>It ends when it is unmounted, by {@link #unmount} or by anyone else; then the filesystem's
 * {@link org.salvusfs.daemon.fs.FileSystem#destroy} is called once. Only {@link #mountPoint} and
 * {@link #size} may be called from inside of an operation of the filesystem: the others would wait
 * for themselves.
 */
public interface FuseMount {
  /** Where it is mounted: absolute, without symbolic links. */
  Path mountPoint();

  /** How many threads serve at the moment. */
  int size();

  /**
   * Unmounts and waits for the end, {@code destroy} included. If files are open the mount is taken
   * out of the tree, and whoever has them open gets some patience to close them before the
   * connection is cut. Does nothing if it has ended already.
   *
   * @throws IllegalStateException if called from inside of an operation
   */
  void unmount() throws InterruptedException;

  /** Waits until the mount has ended, whoever unmounts it. */
  void awaitEnd() throws InterruptedException;

  /**
   * A node's attributes and the given range of its contents have changed without the kernel, which
   * shall no longer show what it keeps of them.
   *
   * @param offset negative: only the attributes
   * @param length in bytes, 0 or negative: to the end
   */
  void invalidateNode(long node, long offset, long length);

  /** A name has appeared, changed its meaning or gone without the kernel. */
  void invalidateEntry(long parent, byte[] name);
}
