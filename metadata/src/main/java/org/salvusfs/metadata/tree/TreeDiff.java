package org.salvusfs.metadata.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;

/**
 * Walks two trees side by side. Each side stands before a subtree or an item, of which it knows the
 * least key without reading it. The side that is behind is opened or reported; where both stand at
 * the same key, the higher one is opened until both are equal subtrees, which are skipped, or
 * items. So a node that both trees share is never read.
 */
final class TreeDiff {
  /** The level of an item, below the leaves' 0. */
  private static final int ITEM = -1;

  private final Side before;
  private final Side after;
  private final DiffVisitor visitor;

  TreeDiff(Tree tree, BlockId before, BlockId after, DiffVisitor visitor) throws MetadataException {
    this.before = new Side(tree, before);
    this.after = new Side(tree, after);
    this.visitor = visitor;
  }

  void run() throws MetadataException {
    while (!before.isAtEnd() || !after.isAtEnd()) {
      int order = order();
      if (order < 0) {
        openOrReport(before, true);
      } else if (order > 0) {
        openOrReport(after, false);
      } else {
        compare();
      }
    }
  }

  private int order() {
    if (before.isAtEnd()) {
      return 1;
    }
    return after.isAtEnd() ? -1 : before.compareKey(after);
  }

  private void openOrReport(Side side, boolean isBefore) throws MetadataException {
    if (side.level() != ITEM) {
      side.open();
    } else {
      byte[] value = side.value();
      visitor.differs(
          side.node().key(side.index()), isBefore ? value : null, isBefore ? null : value);
      side.skip();
    }
  }

  private void compare() throws MetadataException {
    if (before.level() > after.level()) {
      before.open();
    } else if (after.level() > before.level()) {
      after.open();
    } else if (before.valueEquals(after)) {
      before.skip();
      after.skip();
    } else if (before.level() == ITEM) {
      visitor.differs(before.node().key(before.index()), before.value(), after.value());
      before.skip();
      after.skip();
    } else {
      before.open();
      after.open();
    }
  }

  /** A position in one tree. */
  private static final class Side {
    /** A node and the index of the item in it that comes next. */
    private static final class Frame {
      final Node node;
      int index;

      Frame(Node node) {
        this.node = node;
      }
    }

    private final Tree tree;
    private final Deque<Frame> frames = new ArrayDeque<>();

    Side(Tree tree, BlockId root) throws MetadataException {
      this.tree = tree;
      push(tree.root(root));
    }

    private void push(Node node) {
      if (node.count() > 0) {
        frames.push(new Frame(node));
      }
    }

    private Frame top() {
      return frames.element();
    }

    boolean isAtEnd() {
      return frames.isEmpty();
    }

    Node node() {
      return top().node;
    }

    int index() {
      return top().index;
    }

    /** Level of what comes next: the child's, or {@link #ITEM}. */
    int level() {
      return node().level() - 1;
    }

    byte[] value() {
      return node().value(index());
    }

    int compareKey(Side other) {
      return node().compareKey(index(), other.node(), other.index());
    }

    boolean valueEquals(Side other) {
      return node().valueEquals(index(), other.value());
    }

    void open() throws MetadataException {
      Node child = tree.child(node(), index());
      skip();
      push(child);
    }

    void skip() {
      Frame frame = top();
      frame.index++;
      if (frame.index == frame.node.count()) {
        frames.pop();
      }
    }
  }
}
