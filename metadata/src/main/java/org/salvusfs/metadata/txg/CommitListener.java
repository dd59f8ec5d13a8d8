package org.salvusfs.metadata.txg;

import java.io.IOException;

/** Hears of commits, for metrics and events. Called on the committer: return quickly. */
public interface CommitListener {
  /** Hears nothing. */
  CommitListener NONE =
      new CommitListener() {
        @Override
        public void committed(long txg, long nanos, int items, int nodes) {}

        @Override
        public void commitFailed(long txg, IOException cause) {}
      };

  /** A group became durable. */
  void committed(long txg, long nanos, int items, int nodes);

  /** An attempt failed; it is repeated unless the project is fenced. */
  void commitFailed(long txg, IOException cause);
}
