package org.salvusfs.metadata.txg;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.tree.Tree;

/**
 * The open, the syncing and the committed state of a project, and the waiting between operations
 * and the committer. Readers and holders take no lock; the mutex is held for memory work only.
 */
final class Groups implements DirtyBudget.Owner {
  /** About what a changed item takes: key, value, and its node of the overlay. */
  private static final int CHANGE_BYTES = 300;

  /**
   * What readers see; replaced as a whole.
   *
   * @param syncing the closed group on its way to the store, if there is one
   * @param view open over syncing over the committed root
   */
  record State(Group open, @Nullable Group syncing, BlockId root, long committedTxg, Layers view) {}

  private final Tree tree;
  private final Contents contents;
  private final Transactions.Options options;
  private final DirtyBudget.Share share;

  private final ReentrantLock mutex = new ReentrantLock();
  private final Condition workToDo = mutex.newCondition();
  private final Condition progress = mutex.newCondition();
  private boolean closeRequested;

  /** Close even if nothing changed: somebody waits for the commit itself. */
  private boolean commitRequested;

  /** To be committed by the next group that is closed. */
  private @Nullable RollBack rollBack;

  private boolean stopping;

  /** No operation may begin. Set before, and cleared after, the open group is replaced. */
  private volatile boolean frozen;

  private volatile State state;

  /** Why the latest attempt to commit failed; null after a success. */
  private volatile @Nullable IOException failure;

  Groups(
      Tree tree,
      Contents contents,
      Transactions.Options options,
      DirtyBudget budget,
      BlockId root,
      long committedTxg,
      long openTxg) {
    this.tree = tree;
    this.contents = contents;
    this.options = options;
    this.state = state(new Group(openTxg), null, root, committedTxg);
    this.share = budget.join(this);
  }

  private State state(Group open, @Nullable Group syncing, BlockId root, long committedTxg) {
    var overlays = syncing == null ? List.of(open.overlay) : List.of(open.overlay, syncing.overlay);
    return new State(open, syncing, root, committedTxg, new Layers(tree, overlays, root));
  }

  State state() {
    return state;
  }

  /**
   * Holds the open group. An operation that has locked an inode before never gets an older group
   * than the one that changed the inode last, because that one's hold was taken under the lock too.
   *
   * @throws MetadataException.Unavailable if the project is frozen for longer than the patience
   */
  Group hold() throws MetadataException.Unavailable {
    while (true) {
      Group open = holdOpen();
      if (!frozen) {
        return open;
      }
      open.release();
      awaitThaw();
    }
  }

  /** The same for recovery, when nobody can have frozen the project. */
  Group holdOpen() {
    while (true) {
      Group open = state.open();
      if (open.hold()) {
        return open;
      }
    }
  }

  private void awaitThaw() throws MetadataException.Unavailable {
    mutex.lock();
    try {
      long nanosLeft = options.patience().toNanos();
      while (frozen) {
        nanosLeft = await(nanosLeft, "a rollback did not finish");
      }
    } finally {
      mutex.unlock();
    }
  }

  /**
   * Lets no operation begin, and returns when all that began are committed. {@link #thaw} ends it,
   * also if this fails. One thread at a time.
   */
  void freeze() throws MetadataException {
    frozen = true;
    awaitFreshCommit();
  }

  void thaw() {
    mutex.lock();
    try {
      frozen = false;
      progress.signalAll();
    } finally {
      mutex.unlock();
    }
  }

  /**
   * Commits an earlier tree in place of the present one, while the project is frozen. Once the
   * committer has begun this waits for the outcome, however long the store takes.
   *
   * @throws MetadataException.Unavailable if it has not begun within the patience, and then never
   *     will; or if the project is closed meanwhile, and then the next opening shows the outcome
   */
  void rollBack(RollBack order) throws MetadataException {
    mutex.lock();
    try {
      rollBack = order;
      workToDo.signal();
      long txg = state.open().txg;
      long nanosLeft = options.patience().toNanos();
      while (state.committedTxg() < txg) {
        if (failure instanceof MetadataException.Fenced fenced) {
          throw fenced;
        }
        if (rollBack != null) {
          nanosLeft = await(nanosLeft, "the rollback did not begin");
        } else if (stopping) {
          throw new MetadataException.Unavailable("the project was closed during a rollback");
        } else {
          progress.awaitUninterruptibly();
        }
      }
    } finally {
      rollBack = null;
      mutex.unlock();
    }
  }

  /**
   * Returns when the open group has room, having asked for its closing if it had none.
   *
   * @param bytes about to be dirtied
   * @throws BlockStoreException.Full if {@code bytes} is positive and the latest commit found the
   *     disk full
   * @throws MetadataException.Unavailable if there is no room within the configured patience
   */
  void awaitRoom(long bytes) throws IOException {
    refuseIfFull(bytes);
    if (hasRoom(bytes) && share.admit(heldBytes(), bytes)) {
      return;
    }
    share.beginWait();
    try {
      long nanosLeft = options.patience().toNanos();
      while (true) {
        share.makeRoom(bytes);
        mutex.lock();
        try {
          refuseIfFull(bytes);
          boolean hasOwnRoom = hasRoom(bytes);
          if (hasOwnRoom && share.admit(heldBytes(), bytes)) {
            return;
          }
          if (!hasOwnRoom && !willHaveRoom()) {
            requestClose();
          }
          nanosLeft = await(nanosLeft, "the store has not taken earlier changes");
        } finally {
          mutex.unlock();
        }
      }
    } finally {
      share.endWait();
    }
  }

  private void refuseIfFull(long bytes) throws BlockStoreException.Full {
    if (bytes > 0 && failure instanceof BlockStoreException.Full full) {
      throw full;
    }
  }

  private boolean hasRoom(long bytes) {
    Group open = state.open();
    return open.overlay.changes() < options.changesMax()
        && contents.dirtyBytes(open.txg) + bytes <= dirtyBytesMax(open);
  }

  /**
   * While contents are being stored anyway, half is enough to keep everybody busy, and each
   * collection of the heap copies what is held.
   */
  private long dirtyBytesMax(Group open) {
    long bytes = options.dirtyBytesMax();
    return contents.isReleasing(open.txg) ? bytes / 2 : bytes;
  }

  /** Whether the open group will have room without being closed. */
  private boolean willHaveRoom() {
    Group open = state.open();
    return open.overlay.changes() < options.changesMax() && contents.isReleasing(open.txg);
  }

  private long heldBytes() {
    State now = state;
    Group syncing = now.syncing();
    return heldBytes(now.open()) + (syncing == null ? 0 : heldBytes(syncing));
  }

  private long heldBytes(Group group) {
    return contents.dirtyBytes(group.txg) + (long) CHANGE_BYTES * group.overlay.changes();
  }

  @Override
  public void closeEarly() {
    mutex.lock();
    try {
      requestClose();
    } finally {
      mutex.unlock();
    }
  }

  @Override
  public void wake() {
    mutex.lock();
    try {
      progress.signalAll();
    } finally {
      mutex.unlock();
    }
  }

  /** Contents were dropped, by a commit or before it. */
  void released() {
    share.released(heldBytes());
  }

  /** Waits once for {@link #progress}; callers loop. Returns the nanoseconds that are left. */
  @SuppressWarnings("WaitNotInLoop")
  private long await(long nanosLeft, String what) throws MetadataException.Unavailable {
    IOException cause = failure;
    if (nanosLeft <= 0) {
      String message = what + " within " + options.patience().toSeconds() + " s";
      throw cause == null
          ? new MetadataException.Unavailable(message)
          : new MetadataException.Unavailable(message + ": " + cause.getMessage(), cause);
    }
    try {
      return progress.awaitNanos(nanosLeft);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MetadataException.Unavailable("interrupted while waiting for the store", e);
    }
  }

  /** Returns when everything that was applied before the call is committed. */
  void awaitCommitted() throws MetadataException {
    mutex.lock();
    try {
      closeRequested = true;
      awaitCommitOf(newestChangedTxg());
    } finally {
      mutex.unlock();
    }
  }

  /** Returns when a commit that began after the call is done, whether there are changes or not. */
  void awaitFreshCommit() throws MetadataException {
    mutex.lock();
    try {
      commitRequested = true;
      awaitCommitOf(state.open().txg);
    } finally {
      mutex.unlock();
    }
  }

  private void awaitCommitOf(long txg) throws MetadataException {
    workToDo.signal();
    long nanosLeft = options.patience().toNanos();
    while (state.committedTxg() < txg) {
      if (failure instanceof MetadataException.Fenced fenced) {
        throw fenced;
      }
      nanosLeft = await(nanosLeft, "the commit did not finish");
    }
  }

  private long newestChangedTxg() {
    State now = state;
    if (!now.open().overlay.isEmpty()) {
      return now.open().txg;
    }
    Group syncing = now.syncing();
    return syncing != null ? syncing.txg : now.committedTxg();
  }

  private void requestClose() {
    closeRequested = true;
    workToDo.signal();
  }

  /**
   * The committer's rest: returns true when the open group is to be closed now, false when it is
   * empty and {@link #stop} was called.
   */
  boolean awaitWork() throws InterruptedException {
    mutex.lock();
    try {
      long nanosLeft = options.interval().toNanos();
      while (true) {
        boolean empty = state.open().overlay.isEmpty();
        if (commitRequested || rollBack != null) {
          commitRequested = false;
          return true;
        }
        if (!empty && (closeRequested || stopping || nanosLeft <= 0)) {
          closeRequested = false;
          return true;
        }
        if (empty) {
          closeRequested = false;
          if (stopping) {
            return false;
          }
        }
        nanosLeft = workToDo.awaitNanos(nanosLeft <= 0 ? options.interval().toNanos() : nanosLeft);
      }
    } finally {
      mutex.unlock();
    }
  }

  /** Opens the next group and returns the closed one when no operation is inside any more. */
  Group close() throws InterruptedException {
    Group closed;
    mutex.lock();
    try {
      closed = state.open();
      closed.rollBack = rollBack;
      rollBack = null;
      state = state(new Group(closed.txg + 1), closed, state.root(), state.committedTxg());
      progress.signalAll();
    } finally {
      mutex.unlock();
    }
    closed.closeAndAwaitQuiet();
    return closed;
  }

  void committed(Group group, BlockId root) {
    mutex.lock();
    try {
      state = state(state.open(), null, root, group.txg);
      failure = null;
      progress.signalAll();
    } finally {
      mutex.unlock();
    }
  }

  void failed(IOException cause) {
    mutex.lock();
    try {
      failure = cause;
      progress.signalAll();
    } finally {
      mutex.unlock();
    }
  }

  /** Waits before the next attempt; returns at once when the committer is asked to stop. */
  void rest(long nanos) throws InterruptedException {
    mutex.lock();
    try {
      long left = nanos;
      while (left > 0 && !stopping) {
        left = workToDo.awaitNanos(left);
      }
    } finally {
      mutex.unlock();
    }
  }

  void stop() {
    mutex.lock();
    try {
      stopping = true;
      workToDo.signal();
      progress.signalAll();
    } finally {
      mutex.unlock();
    }
  }

  /** What is held does not count any more: the committer has ended. */
  void leave() {
    share.leave();
  }

  boolean isStopping() {
    mutex.lock();
    try {
      return stopping;
    } finally {
      mutex.unlock();
    }
  }
}
