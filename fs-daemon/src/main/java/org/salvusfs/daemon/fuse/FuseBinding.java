package org.salvusfs.daemon.fuse;

import java.util.Locale;

/** Who stands between the kernel's FUSE and the filesystem. */
public enum FuseBinding {
  /** The protocol of /dev/fuse, spoken by this process. */
  KERNEL,
  /** jnr-fuse on libfuse2; its package-info lists what that cannot express. */
  JNR;

  /** The word for users, in configuration, options and status. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
