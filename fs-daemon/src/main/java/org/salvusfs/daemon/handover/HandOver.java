package org.salvusfs.daemon.handover;

import java.nio.file.Path;
import org.salvusfs.daemon.fuse.kernel.Negotiated;
import org.salvusfs.daemon.vfs.MountState;

/**
 * All that a daemon must know, besides what is in the stores, to serve a mount on.
 *
 * @param mountPoint absolute, without symbolic links
 */
public record HandOver(Path mountPoint, Negotiated negotiated, MountState mount) {
  /** The version that this code writes; it reads no other. */
  public static final int VERSION = 2;
}
