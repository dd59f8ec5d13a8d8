package org.salvusfs.daemon.fs;

/** Takes the entries of a directory until the reply is full. */
@FunctionalInterface
public interface DirSink {
  /**
   * Offers one entry.
   *
   * @param cookie where a later readdir goes on after this entry
   * @param type {@code d_type}
   * @param ino what users see
   * @param attr the entry's attributes for readdirplus; null for {@code .} and {@code ..}, and when
   *     the caller asked for a plain readdir. An accepted attr counts as one lookup of its node.
   * @return false if the entry did not fit: it was not taken, and the walk ends
   */
  boolean offer(
      byte[] name, long ino, int type, long cookie, @org.jspecify.annotations.Nullable Attr attr);
}
