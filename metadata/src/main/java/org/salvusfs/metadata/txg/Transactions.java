package org.salvusfs.metadata.txg;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;

/**
 * One open project: where operations become transaction groups and groups become commits.
 *
 * <p>The idea is that of ZFS's {@code txg.c}. Operations change the <em>open</em> group's overlay,
 * in memory. A group is closed every few seconds, when it has grown, or on demand; operations go on
 * in the next one at once. When the last operation inside the closed group is done it is
 * <em>syncing</em>: nothing changes it any more, its file contents are written out as chunks, its
 * overlay is applied to the committed tree as one sorted batch, the new nodes are stored, and the
 * head is compared and set: <em>committed</em>. Readers see open over syncing over committed and
 * never wait. Each of these steps may be repeated after a failure, because blocks are named by
 * their contents and the head knows its txg ({@link Committer}).
 *
 * <p>Between commits, {@link #log} makes single files and all namespace operations durable in the
 * {@link IntentLog}; {@link Recovery} brings them back when the project is opened again. A record
 * holds every namespace operation that no record or commit covers yet, so that what comes back is a
 * prefix of the operations; it holds the contents of the files that asked and of those that were
 * renamed over another ({@link LogAppender}).
 *
 * <p>The open group's txg is that of a new epoch ({@link Txgs}) and so greater than that of every
 * record that was ever logged: one commit after recovery retires them all.
 */
public final class Transactions implements AutoCloseable {
  /**
   * When groups close and how long callers wait.
   *
   * @param interval how often a group that has changes is closed
   * @param dirtyBytesMax file contents in memory that close a group; the next one may fill
   *     meanwhile, so that twice as much is the bound
   * @param changesMax changed items that close a group; likewise
   * @param patience how long an operation waits for room before it fails
   * @param nodeGrace how long a replaced tree node stays readable
   */
  public record Options(
      Duration interval,
      long dirtyBytesMax,
      int changesMax,
      Duration patience,
      Duration nodeGrace) {}

  /**
   * What a project is made of; the tree and the log are its own, all else is shared.
   *
   * @param threads makes the committer's thread
   */
  public record Parts(
      Lease lease,
      Tree tree,
      NodeCache cache,
      NodeStore nodes,
      HeadStore heads,
      SnapshotStore snapshots,
      IntentLog log,
      Chunks chunks,
      LongSupplier nanoClock,
      ThreadFactory threads,
      DirtyBudget budget,
      CommitListener listener) {}

  private final Parts parts;
  private final Journal journal = new Journal();
  private final Usage usage;
  private final Tenure tenure;
  private final Groups groups;
  private final View view;
  private final LogAppender appender;
  private final Retirement retirement;
  private final Committer committer;
  private final Snapshots snapshots;
  private final Thread thread;

  private Transactions(
      Parts parts,
      Options options,
      Fence fence,
      long leaseTerm,
      Head head,
      CountersItem counters,
      long openTxg,
      Contents contents,
      LiveView view) {
    this.parts = parts;
    this.view = view;
    this.usage = new Usage(counters);
    this.groups =
        new Groups(
            parts.tree(), contents, options, parts.budget(), head.root(), head.txg(), openTxg);
    this.tenure = new Tenure(parts.lease(), leaseTerm, groups);
    view.attach(groups);
    contents.onRelease(groups::released);
    this.appender = new LogAppender(parts.log(), journal, contents, parts.chunks(), view, tenure);
    this.retirement =
        new Retirement(parts.nodes(), parts.nanoClock(), options.nodeGrace().toNanos());
    this.committer =
        new Committer(parts, fence, groups, contents, journal, usage, tenure, retirement, counters);
    this.snapshots = new Snapshots(parts, fence, groups, retirement);
    this.thread = parts.threads().newThread(committer);
  }

  /** The first tree of a new project: a top directory and counters. Stored on return. */
  public static Update create(Tree tree, NodeStore nodes, long txg, InodeItem top)
      throws MetadataException {
    Update empty = tree.create(txg);
    nodes.put(empty.sealed());
    var counters = new CountersItem(Keys.ROOT_INODE + 1, 0, 1);
    Update update =
        tree.apply(
            empty.root(),
            txg,
            List.of(
                    new Change(Keys.counters(), counters.encode()),
                    new Change(Keys.inode(Keys.ROOT_INODE), top.encode()))
                .iterator());
    nodes.put(update.sealed());
    nodes.delete(update.replacedIds());
    return update;
  }

  /**
   * Opens a project that {@code fence} holds: replays what its log holds above the last commit,
   * commits that, and starts its committer.
   *
   * @param leaseTerm the lease's term as it was before the project was acquired
   * @param head as it was acquired
   * @param contentsOf makes the project's file contents, given the live view that they read through
   * @throws MetadataException.Corrupt if the committed tree or the log is damaged
   */
  public static <C extends Contents> Opened<C> open(
      Parts parts,
      Options options,
      Fence fence,
      long leaseTerm,
      Head head,
      ContentsFactory<C> contentsOf)
      throws IOException {
    ProjectId project = fence.project();
    byte[] counters = parts.tree().get(head.root(), Keys.counters());
    if (counters == null) {
      throw new MetadataException.Corrupt("the tree of project " + project + " has no counters");
    }
    Recovery.Recovered recovered = Recovery.read(parts.log(), head.txg());
    long openTxg =
        Math.max(Txgs.base(fence.epoch()), Math.max(head.txg(), recovered.highestTxg())) + 1;
    var view = new LiveView();
    C contents = contentsOf.make(view);
    var transactions =
        new Transactions(
            parts,
            options,
            fence,
            leaseTerm,
            head,
            CountersItem.decode(counters),
            openTxg,
            contents,
            view);
    transactions.snapshots.open();
    transactions.recover(recovered, contents);
    transactions.thread.start();
    return new Opened<>(transactions, contents);
  }

  private void recover(Recovery.Recovered recovered, Contents contents) throws IOException {
    var recovery =
        new Recovery(
            () -> new HeldTx(groups.holdOpen(), view, null, usage, Reservation.NONE),
            usage,
            contents);
    recovery.replay(recovered.steps());
    if (!groups.state().open().overlay.isEmpty()) {
      try {
        committer.commit(groups.close());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MetadataException.Unavailable("interrupted during recovery", e);
      }
    } else {
      parts.log().retire(Math.max(committedTxg(), recovered.highestTxg()));
    }
  }

  /** Makes file contents on top of a view that becomes readable once the project is open. */
  @FunctionalInterface
  public interface ContentsFactory<C extends Contents> {
    C make(View live);
  }

  /** An open project and its file contents. */
  public record Opened<C extends Contents>(Transactions transactions, C contents) {}

  /** The items as of each call. */
  public View view() {
    return view;
  }

  /**
   * Back-pressure. Call before taking any lock, with the bytes about to be dirtied, or 0.
   *
   * @throws org.salvusfs.blockstore.api.BlockStoreException.Full if {@code bytes} is positive and
   *     the disk is full
   * @throws MetadataException.Unavailable if the store takes nothing for longer than the patience
   */
  public void awaitRoom(long bytes) throws IOException {
    groups.awaitRoom(bytes);
  }

  /**
   * Begins an operation inside the open group.
   *
   * @param growth what {@link #counted} set aside for it; the caller closes it afterwards
   * @throws MetadataException.Fenced if another host has taken the project over
   * @throws MetadataException.Unavailable if the lease is lost and does not come back in time
   */
  public Tx begin(TxKind kind, Reservation growth) throws MetadataException {
    tenure.confirm();
    Journal noted =
        switch (kind) {
          case NAMESPACE -> journal;
          case DATA -> null;
        };
    return new HeldTx(groups.hold(), view, noted, usage, growth);
  }

  /** The same for an operation that does not grow, or that nobody limits. */
  public Tx begin(TxKind kind) throws MetadataException {
    return begin(kind, Reservation.NONE);
  }

  /**
   * fsync. On return every namespace operation that was applied before the call, and the contents
   * of {@code inode} (0: of no file) as they were, survive a crash.
   */
  public void log(long inode) throws IOException {
    appender.log(inode);
  }

  /**
   * Commits everything applied before the call.
   *
   * @throws MetadataException.Unavailable if that takes longer than the patience; it goes on
   */
  public void commit() throws IOException {
    groups.awaitCommitted();
  }

  /**
   * Commits, whether anything changed or not. On return no operation and no change of snapshots is
   * under way any more that had begun before the call, and what they all did is in the committed
   * tree or in the rows of the snapshots.
   *
   * @throws MetadataException.Fenced if another host holds the project: what was not committed
   *     never will be
   * @throws MetadataException.Unavailable if that takes longer than the patience
   */
  public void settle() throws MetadataException {
    snapshots.settle();
  }

  /** An inode number that was never given out. */
  public long nextInode() {
    return usage.takeInode();
  }

  /** The counters as of now, uncommitted changes included. */
  public CountersItem usage() {
    return usage.now();
  }

  /** Where growth is set aside before it happens. */
  public Usage counted() {
    return usage;
  }

  public long committedTxg() {
    return groups.state().committedTxg();
  }

  /** Whether a change waits to be committed. */
  public boolean isDirty() {
    Groups.State state = groups.state();
    return state.syncing() != null || !state.open().overlay.isEmpty();
  }

  /**
   * Whether a change would ride along now: the open group has changes already and the lease is
   * valid, so that the change neither causes a commit nor waits. A hint, for what is not worth
   * more.
   */
  public boolean takesRiders() {
    return parts.lease().isValid() && !groups.state().open().overlay.isEmpty();
  }

  /** The project's snapshots. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** The committed root, whose nodes all stay readable until the pin is closed. */
  public Pin pinRoot() {
    retirement.pin();
    return new Pin(groups.state().root(), retirement::unpin);
  }

  /**
   * A root that is being read.
   *
   * @param release called once by {@link #close}
   */
  public record Pin(BlockId root, Runnable release) implements AutoCloseable {
    @Override
    public void close() {
      release.run();
    }
  }

  /**
   * Commits everything and stops the committer. The caller has made sure that no operation runs any
   * more, and releases the project afterwards.
   *
   * @throws IOException if the last commit failed; what was logged comes back at the next opening
   */
  @Override
  public void close() throws IOException {
    try {
      groups.awaitCommitted();
    } finally {
      groups.stop();
      joinCommitter();
      groups.leave();
      parts.log().close();
    }
    retirement.deleteAll();
  }

  private void joinCommitter() throws MetadataException.Unavailable {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MetadataException.Unavailable("interrupted while closing a project", e);
    }
  }
}
