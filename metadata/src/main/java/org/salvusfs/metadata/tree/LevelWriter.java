package org.salvusfs.metadata.tree;

/**
 * Turns the items of one level, which arrive in order, into nodes of that level. Old boundaries
 * between nodes are kept where neither side is underfull, so that a change stays local.
 */
final class LevelWriter {
  /** So many times the longest node may wait; what is more is written out. */
  private static final int SPILL_FACTOR = 4;

  private final Rewrite rewrite;
  private final int level;
  private final NodeLimits limits;

  /** Items that belong to no node yet. */
  private final Items pending;

  /** Whether a node was emitted since the last boundary: those that follow it are fresh above. */
  private boolean emitted;

  LevelWriter(Rewrite rewrite, int level, NodeLimits limits) {
    this.rewrite = rewrite;
    this.level = level;
    this.limits = limits;
    this.pending = new Items(level);
  }

  Items pending() {
    return pending;
  }

  boolean isClean() {
    return pending.isEmpty();
  }

  void add(byte[] key, byte[] value, boolean isFresh) {
    pending.add(key, 0, key.length, value, 0, value.length, isFresh);
    if (pending.encodedBytes() > SPILL_FACTOR * limits.bytesMax()) {
      spill();
    }
  }

  void addAll(Node node, int from, int to) {
    pending.addAll(node, from, to);
  }

  /** An old node ends here: so does a new one, unless what is pending would be underfull. */
  void boundary() {
    if (!pending.isUnderfull(0, pending.count(), limits)) {
      flush();
    }
    emitted = false;
  }

  /** Makes nodes of all that is pending. */
  void flush() {
    boolean growing = pending.isGrowingRun(limits);
    int from = 0;
    while (from < pending.count()) {
      int restBytes = pending.encodedBytes(from, pending.count());
      int to = pending.count();
      if (restBytes > limits.bytesMax()) {
        int nodes = (restBytes + limits.bytesMax() - 1) / limits.bytesMax();
        to = pending.cut(from, growing ? limits.bytesMax() : restBytes / nodes, limits);
      }
      emit(from, to);
      from = to;
    }
    pending.clear();
  }

  /** Whether what is pending makes one node. */
  boolean fitsOneNode() {
    int count = pending.count();
    return pending.encodedBytes() <= limits.bytesMax()
        || pending.cut(0, limits.bytesMax(), limits) == count;
  }

  /** Makes full nodes of the front while much remains. */
  private void spill() {
    int from = 0;
    while (pending.encodedBytes(from, pending.count()) > 2 * limits.bytesMax()) {
      int to = pending.cut(from, limits.bytesMax(), limits);
      if (to == pending.count()) {
        break;
      }
      emit(from, to);
      from = to;
    }
    pending.removeBefore(from);
  }

  private void emit(int from, int to) {
    rewrite.emit(level, pending, from, to, emitted);
    emitted = true;
  }
}
