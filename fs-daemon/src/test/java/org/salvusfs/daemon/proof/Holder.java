package org.salvusfs.daemon.proof;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.vfs.Admission;
import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.salvusfs.daemon.vfs.SnapshotSource;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.lease.HostLease;
import org.salvusfs.metadata.lease.LeaseOptions;
import org.salvusfs.metadata.lease.Leases;
import org.salvusfs.metadata.lease.OpenOutcome;
import org.salvusfs.metadata.log.HostIntentLog;
import org.salvusfs.metadata.log.HostLogDirectory;
import org.salvusfs.metadata.log.QuorumIntentLog;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.CommitListener;
import org.salvusfs.metadata.txg.DirtyBudget;
import org.salvusfs.metadata.txg.Transactions;

/**
 * One start of a daemon, without processes and kernel: lease, stores over a {@link Link}, log,
 * transactions, filesystem. Chunks are shared, as if they were replicated.
 */
final class Holder implements AutoCloseable {
  /** Times of a second or less, so that many take-overs fit into a minute. */
  static final LeaseOptions TIMES =
      new LeaseOptions(
          Duration.ofMillis(150),
          Duration.ofMillis(50),
          Duration.ofMillis(600),
          Duration.ofMillis(200),
          Duration.ofSeconds(2));

  private static final Caller ROOT_USER = new Caller(0, 0, 1, 022);
  private static final byte[] NAME = "number".getBytes(StandardCharsets.US_ASCII);
  private static final int O_RDWR = 2;
  private static final int O_CREAT_EXCL = 0300;

  /**
   * What outlives a start.
   *
   * @param nanoClock the host's own
   */
  record Host(
      UUID id,
      CassandraMetadata metadata,
      BlockStore blocks,
      LocalDisk logs,
      LongSupplier nanoClock) {}

  private final Host host;
  private final ProjectId project;
  private final Durability durability;
  private final boolean lyingLease;
  final Link link = new Link();
  private final HeadStore heads;
  private final NodeStore nodes;
  private final SnapshotStore snapshots;
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final HostLease lease;
  private final Leases leases;
  private @Nullable Fence fence;
  private @Nullable Transactions transactions;
  private @Nullable FileSystem fileSystem;
  private long node;

  /**
   * @param lyingLease whether transactions are told that the lease is valid whatever happens
   */
  Holder(Host host, ProjectId project, Durability durability, boolean lyingLease)
      throws IOException {
    this.host = host;
    this.project = project;
    this.durability = durability;
    this.lyingLease = lyingLease;
    this.heads = link.to(HeadStore.class, host.metadata().heads());
    this.nodes = link.to(NodeStore.class, host.metadata().nodes());
    this.snapshots = link.to(SnapshotStore.class, host.metadata().snapshots());
    var hosts = link.to(HostStore.class, host.metadata().hosts());
    var incarnation = UUID.randomUUID();
    this.lease =
        new HostLease(hosts, host.id(), incarnation, "holder", TIMES, host.nanoClock(), scheduler);
    this.leases =
        new Leases(
            heads,
            hosts,
            host.id(),
            incarnation,
            TIMES,
            host.nanoClock(),
            nanos -> TimeUnit.NANOSECONDS.sleep(nanos));
    lease.start();
    lease.awaitValid();
  }

  /** Tries to become the holder; false if another lives. */
  boolean open() throws IOException, FsException {
    long term = lease.term();
    if (!(leases.open(project) instanceof OpenOutcome.Opened opened)) {
      return false;
    }
    fence = opened.fence();
    var blocks = host.blocks();
    var cache = new NodeCache(nodes, blocks.codec(), 1 << 20);
    var parts =
        new Transactions.Parts(
            lyingLease ? new Liar() : lease,
            new Tree(project, blocks.codec(), cache),
            cache,
            nodes,
            heads,
            snapshots,
            log(opened.fence()),
            blocks.chunks(),
            host.nanoClock(),
            task -> Thread.ofPlatform().daemon().name("committer").unstarted(task),
            new DirtyBudget(Long.MAX_VALUE),
            CommitListener.NONE);
    var options =
        new Transactions.Options(
            Duration.ofMillis(50), 1 << 20, 1000, TIMES.patience(), Duration.ofMinutes(1));
    var view =
        Transactions.open(
            parts,
            options,
            opened.fence(),
            lyingLease ? 0 : term,
            opened.before(),
            live ->
                new FileContents(
                    blocks.chunks(), live, Runnable::run, FileContents.Options.defaults(1)));
    transactions = view.transactions();
    fileSystem =
        ProjectFileSystem.open(
            view.transactions(),
            view.contents(),
            new ProjectFileSystem.Setup(
                project,
                Admission.UNLIMITED,
                () -> 1L << 40,
                host.nanoClock(),
                host.nanoClock(),
                SnapshotSource.NONE,
                _ -> {}));
    return true;
  }

  private IntentLog log(Fence opened) throws IOException {
    var codec = host.blocks().codec();
    return switch (durability) {
      case HOST -> {
        var directory =
            HostLogDirectory.open(host.logs(), HostLogDirectory.Options.DEFAULT, host.nanoClock());
        yield new HostIntentLog(directory, codec, opened);
      }
      case QUORUM -> new QuorumIntentLog(heads, codec, opened);
    };
  }

  boolean lyingLease() {
    return lyingLease;
  }

  long epoch() {
    return opened(fence).epoch();
  }

  void createFile() throws IOException, FsException {
    var created =
        fs().create(
                ROOT_USER, FileSystem.ROOT, NAME, InodeItem.S_IFREG | 0644, O_RDWR | O_CREAT_EXCL);
    fs().release(created.attr().node(), created.handle());
    write(0);
    commit();
  }

  /** The number in the file. */
  int read() throws FsException {
    node = fs().lookup(ROOT_USER, FileSystem.ROOT, NAME).node();
    long handle = fs().open(ROOT_USER, node, O_RDWR);
    try {
      var bytes = ByteBuffer.allocate(100);
      fs().read(node, handle, 0, bytes, 0);
      return Integer.parseInt(
          new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII));
    } finally {
      fs().release(node, handle);
    }
  }

  void write(int number) throws FsException {
    node = fs().lookup(ROOT_USER, FileSystem.ROOT, NAME).node();
    long handle = fs().open(ROOT_USER, node, O_RDWR);
    try {
      fs().write(
              ROOT_USER, node, handle, 0, ByteBuffer.wrap(Overwriter.text(number)), O_RDWR, false);
    } finally {
      fs().release(node, handle);
    }
  }

  void fsync() throws FsException {
    fs().fsync(node, false);
  }

  void commit() throws IOException {
    opened(transactions).commit();
  }

  private FileSystem fs() {
    return opened(fileSystem);
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not opened");
    }
    return part;
  }

  /** Ends this start. What was not committed stays in the log. */
  @Override
  public void close() throws IOException {
    try (lease;
        scheduler) {
      Transactions last = transactions;
      if (last != null) {
        last.close();
      }
    }
  }

  /** A lease that is always valid: a clock that stands still. */
  private static final class Liar implements Lease {
    @Override
    public boolean isValid() {
      return true;
    }

    @Override
    public long term() {
      return 0;
    }

    @Override
    public void awaitValid() {
      // It says it is.
    }
  }
}
