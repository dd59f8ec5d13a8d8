package org.salvusfs.daemon.management;

import java.util.Optional;

/**
 * What a link in a project is to show.
 *
 * @param from id or name of the other project
 * @param directory of that project, from its top; empty: the top
 * @param to where the link shall be, from the top of the project that gets it; if that is empty or
 *     ends with a slash, in that directory, under the name of what it shows
 * @param uid who shall own what it shows; empty: the owner of the project's top directory
 * @param gid likewise, the group
 */
public record LinkRequest(
    String from, String directory, String to, Optional<Long> uid, Optional<Long> gid) {
  /** The largest number of a user or group; the next one stands for none. */
  public static final long ID_MAX = 0xffff_fffeL;
}
