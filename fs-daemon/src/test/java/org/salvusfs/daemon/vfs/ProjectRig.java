package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.data.FakeChunks;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.CommitListener;
import org.salvusfs.metadata.txg.DirtyBudget;
import org.salvusfs.metadata.txg.Transactions;
import org.salvusfs.quota.admission.Notice;
import org.salvusfs.quota.admission.Quota;

/** A project on simulated stores with a filesystem on top, which can be closed and opened again. */
final class ProjectRig implements AutoCloseable {
  final ProjectId project;
  final SimulatedMetadata metadata = new SimulatedMetadata();
  final FakeChunks chunks;
  final AtomicLong clock = new AtomicLong(1_800_000_000_000_000_000L);
  volatile boolean leased = true;

  /** What its opening gave notice of. */
  final List<Notice> notices = new CopyOnWriteArrayList<>();

  /** What the next openings admit. */
  Limits limits = Limits.NONE;

  /** What is said in {@code .snapshots}. */
  volatile Optional<String> notice = Optional.empty();

  private @Nullable Quota quota;
  private final FakeBlockCodec codec = new FakeBlockCodec();
  private final List<IntentLog.Entry> logRecords = new ArrayList<>();
  private Transactions.@Nullable Opened<FileContents> opened;
  private @Nullable ProjectFileSystem fileSystem;

  ProjectRig() throws IOException {
    this(new ProjectId(new UUID(1, 2)));
  }

  ProjectRig(ProjectId project) throws IOException {
    this(project, new FakeChunks(4096));
  }

  /**
   * @param chunks where its contents are, perhaps beside those of other projects
   */
  ProjectRig(ProjectId project, FakeChunks chunks) throws IOException {
    this.project = project;
    this.chunks = chunks;
    long now = clock.get();
    var top = new InodeItem(InodeItem.S_IFDIR | 0755, 0, 0, 2, 0, 0, now, now, now, now, 0, 1);
    var cache = new NodeCache(metadata.nodes(), codec, 1 << 20);
    var update = Transactions.create(new Tree(project, codec, cache), metadata.nodes(), 1, top);
    metadata.heads().create(project, update.root(), 1);
    open();
  }

  private Head head() throws IOException {
    Head head = metadata.heads().read(project);
    if (head == null) {
      throw new AssertionError("no head");
    }
    return head;
  }

  void open() throws IOException {
    open(ProjectState.unknown(project));
  }

  /** As a daemon does that takes a mount over. */
  void open(ProjectState known) throws IOException {
    Head seen = head();
    var fence = new Fence(project, seen.epoch() + 1, new UUID(3, 3), new UUID(4, seen.epoch() + 1));
    metadata.heads().acquire(seen, fence);
    var cache = new NodeCache(metadata.nodes(), codec, 8 << 20);
    var parts =
        new Transactions.Parts(
            new RigLease(),
            new Tree(project, codec, cache),
            cache,
            metadata.nodes(),
            metadata.heads(),
            metadata.snapshots(),
            new RigLog(),
            chunks,
            System::nanoTime,
            task -> Thread.ofPlatform().daemon().name("committer").unstarted(task),
            new DirtyBudget(Long.MAX_VALUE),
            CommitListener.NONE);
    var options =
        new Transactions.Options(
            Duration.ofHours(1), 4 << 20, 100_000, Duration.ofSeconds(20), Duration.ZERO);
    Transactions.Opened<FileContents> next =
        Transactions.open(parts, options, fence, 0, head(), this::contents);
    opened = next;
    var admitting =
        new Quota(next.transactions().counted(), limits, null, clock::get, notices::add);
    quota = admitting;
    fileSystem =
        ProjectFileSystem.open(
            next.transactions(),
            next.contents(),
            new ProjectFileSystem.Setup(
                project,
                new QuotaAdmission(admitting),
                () -> 1L << 40,
                () -> clock.addAndGet(1000),
                System::nanoTime,
                new RigSnapshots(),
                _ -> {}),
            known);
  }

  /** The project's trees, read without what is cached of them. */
  Tree tree() {
    return new Tree(project, codec, new NodeCache(metadata.nodes(), codec, 1 << 20));
  }

  FileContents contents(View view) {
    return new FileContents(chunks, view, Runnable::run, new FileContents.Options(1, 0, 4096));
  }

  /** Keeps what is there now under a name. */
  Snapshot snapshot(String name) throws IOException {
    return transactions()
        .snapshots()
        .create(name, Snapshot.Kind.MANUAL, "", Instant.ofEpochMilli(1_000))
        .orElseThrow();
  }

  ProjectFileSystem fs() {
    if (fileSystem == null) {
      throw new AssertionError("not open");
    }
    return fileSystem;
  }

  Transactions transactions() {
    if (opened == null) {
      throw new AssertionError("not open");
    }
    return opened.transactions();
  }

  /** Sets limits, which hold at once and after every opening. */
  void limit(Limits other) {
    limits = other;
    if (quota == null) {
      throw new AssertionError("not open");
    }
    quota.limit(other);
  }

  Posix posix() {
    return posix(0);
  }

  /** As it is for one user. */
  Posix posix(int uid) {
    return new VfsPosix(fs(), new Caller(uid, uid, 1, 0), true);
  }

  @Override
  public void close() throws IOException {
    transactions().close();
    logRecords.clear();
    opened = null;
    fileSystem = null;
  }

  /** Leaves everything that was not committed or logged behind. */
  void crash() throws IOException {
    opened = null;
    fileSystem = null;
    open();
  }

  /** Fails unless counters, links, entries and orphans of the project agree. */
  void check() throws IOException, FsException {
    TreeCheck.check(transactions().view(), transactions().usage());
  }

  /** Number of items of an inode. */
  int itemsOf(long inode) throws IOException {
    int count = 0;
    Cursor cursor = transactions().view().scan(Keys.first(inode, (byte) 0), Keys.end(inode));
    while (cursor.next()) {
      count++;
    }
    return count;
  }

  CountersItem usage() {
    return transactions().usage();
  }

  byte @Nullable [] item(Key key) throws IOException {
    return transactions().view().get(key);
  }

  private final class RigLease implements Lease {
    @Override
    public boolean isValid() {
      return leased;
    }

    @Override
    public long term() {
      return 0;
    }

    @Override
    public void awaitValid() throws org.salvusfs.metadata.api.MetadataException.Unavailable {
      if (!leased) {
        throw new org.salvusfs.metadata.api.MetadataException.Unavailable("the lease is lost");
      }
    }
  }

  private final class RigSnapshots implements SnapshotSource {
    @Override
    public Optional<String> notice() {
      return notice;
    }

    @Override
    public List<Snapshot> list() throws IOException {
      return metadata.snapshots().list(project);
    }

    @Override
    public @Nullable Snapshot find(String name) throws IOException {
      return metadata.snapshots().find(project, name);
    }

    @Override
    public View view(Snapshot snapshot) {
      return tree().view(snapshot.root());
    }

    @Override
    public FileContents contents(View view) {
      return ProjectRig.this.contents(view);
    }
  }

  private final class RigLog implements IntentLog {
    @Override
    public void append(long txg, byte[] payload) {
      synchronized (logRecords) {
        logRecords.add(new Entry(txg, payload));
      }
    }

    @Override
    public void retire(long committedTxg) {
      synchronized (logRecords) {
        logRecords.removeIf(record -> record.txg() <= committedTxg);
      }
    }

    @Override
    public List<Entry> recover(long committedTxg) {
      synchronized (logRecords) {
        return new ArrayList<>(logRecords);
      }
    }

    @Override
    public List<Entry> peek(long committedTxg) {
      return recover(committedTxg);
    }

    @Override
    public void close() {}
  }
}
