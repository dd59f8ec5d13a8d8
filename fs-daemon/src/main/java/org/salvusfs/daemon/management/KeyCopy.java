package org.salvusfs.daemon.management;

import java.util.Locale;

/** Whether the cluster's key file lies on a target of backups. */
public enum KeyCopy {
  /** As it is: whoever has the target has the key, or needs its passphrase if there is one. */
  INCLUDE,
  /** A restore needs the key file from elsewhere. */
  OMIT;

  /** As people write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
