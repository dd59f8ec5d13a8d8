package org.salvusfs.metadata.check;

/**
 * How to check.
 *
 * @param deep whether to read every chunk and verify it; otherwise only that it is there
 * @param findingsMax how many findings to list; further ones are counted
 * @param chunksRemembered how many chunks to remember as checked, 32 bytes each; a chunk may be
 *     read again once so many others came between
 */
public record CheckOptions(boolean deep, int findingsMax, int chunksRemembered) {
  public static final CheckOptions QUICK = new CheckOptions(false, 10_000, 1_000_000);
  public static final CheckOptions DEEP = new CheckOptions(true, 10_000, 1_000_000);
}
