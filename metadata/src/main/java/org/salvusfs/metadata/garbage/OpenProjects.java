package org.salvusfs.metadata.garbage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.txg.Transactions;

/** The projects whose writers use the store that is swept. */
public interface OpenProjects {
  /**
   * Commits every project that is open, see {@link Transactions#settle}, and waits for those that
   * are being closed: on return every reference that anybody had obtained before the call is in a
   * committed tree, or will never be. Projects that another host has taken over meanwhile do not
   * count.
   *
   * @throws IOException if one of them cannot be committed now
   */
  void settle() throws IOException;

  /** The committed tree of a project, whose nodes stay; null if it is not open. */
  Transactions.@Nullable Pin pin(ProjectId project);
}
