package org.salvusfs.daemon.crash;

import java.util.List;

/** Work that was done in a directory, with its log. */
interface Recorded {
  Target target();

  /** Complete once the work has ended. */
  List<Journaled> journal();
}
