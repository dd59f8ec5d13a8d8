package org.salvusfs.daemon.crash;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.disk.SimulatedDisk;
import org.salvusfs.blockstore.index.MemoryIndex;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.vfs.Admission;
import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.salvusfs.daemon.vfs.SnapshotSource;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.check.CheckOptions;
import org.salvusfs.metadata.check.Checker;
import org.salvusfs.metadata.check.Finding;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.log.HostIntentLog;
import org.salvusfs.metadata.log.HostLogDirectory;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.sim.ValidLease;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.CommitListener;
import org.salvusfs.metadata.txg.DirtyBudget;
import org.salvusfs.metadata.txg.Transactions;

/**
 * Everything of the daemon but the kernel and the network, on disks and a metadata store that a
 * power cut can hit: what was not synced may be lost, page by page. One project, opened again after
 * every cut as a new start of the same host would.
 */
final class SimStack {
  private static final UUID HOST = new UUID(7, 7);

  final SimulatedMetadata metadata = new SimulatedMetadata();
  final SimulatedDisk packs;
  final SimulatedDisk logs;
  private final Random random;
  private final ProjectId project = new ProjectId(new UUID(1, 2));
  private final KeyDomain keys = KeyDomain.ofCluster(ClusterKey.of(new byte[ClusterKey.BYTES]));
  private final List<Thread> committers = new ArrayList<>();
  private Transactions.@Nullable Opened<FileContents> opened;
  private @Nullable FileSystem fileSystem;
  private @Nullable BlockStore store;

  SimStack(Random random) throws IOException {
    this.random = random;
    this.packs = new SimulatedDisk(random);
    this.logs = new SimulatedDisk(random);
    var blocks = blocks();
    var cache = new NodeCache(metadata.nodes(), blocks.codec(), 1 << 20);
    var top = new InodeItem(InodeItem.S_IFDIR | 0755, 0, 0, 2, 0, 0, 1, 1, 1, 1, 0, 1);
    var tree = new Tree(project, blocks.codec(), cache);
    metadata.heads().create(project, Transactions.create(tree, metadata.nodes(), 1, top).root(), 1);
    start();
  }

  private BlockStore blocks() throws IOException {
    return BlockStore.open(
        packs, new MemoryIndex(), keys, new BlockStore.Options(1 << 20, 1 << 20));
  }

  private Head head() throws IOException {
    Head head = metadata.heads().read(project);
    if (head == null) {
      throw new IllegalStateException("no head");
    }
    return head;
  }

  /** Opens the project as a new incarnation of the host. */
  void start() throws IOException {
    var blocks = blocks();
    store = blocks;
    Head seen = head();
    var fence = new Fence(project, seen.epoch() + 1, HOST, new UUID(8, seen.epoch() + 1));
    if (!metadata.heads().acquire(seen, fence)) {
      throw new IllegalStateException("somebody else acquired " + seen);
    }
    var cache = new NodeCache(metadata.nodes(), blocks.codec(), 1 << 20);
    var logDirectory =
        HostLogDirectory.open(
            logs, new HostLogDirectory.Options(64 << 10, 16 << 10, 2), random::nextLong);
    var parts =
        new Transactions.Parts(
            new ValidLease(),
            new Tree(project, blocks.codec(), cache),
            cache,
            metadata.nodes(),
            metadata.heads(),
            metadata.snapshots(),
            new HostIntentLog(logDirectory, blocks.codec(), fence),
            blocks.chunks(),
            System::nanoTime,
            this::committer,
            new DirtyBudget(Long.MAX_VALUE),
            CommitListener.NONE);
    var options =
        new Transactions.Options(
            Duration.ofHours(1), 512 << 10, 60, Duration.ofSeconds(20), Duration.ZERO);
    var now =
        Transactions.open(
            parts,
            options,
            fence,
            0,
            head(),
            view ->
                new FileContents(
                    blocks.chunks(), view, Runnable::run, FileContents.Options.defaults(1)));
    opened = now;
    fileSystem =
        ProjectFileSystem.open(
            now.transactions(),
            now.contents(),
            new ProjectFileSystem.Setup(
                project,
                Admission.UNLIMITED,
                () -> 1L << 40,
                System::nanoTime,
                System::nanoTime,
                SnapshotSource.NONE,
                _ -> {}));
  }

  private Thread committer(Runnable task) {
    Thread thread = Thread.ofPlatform().daemon().name("committer").unstarted(task);
    committers.add(thread);
    return thread;
  }

  FileSystem fileSystem() {
    if (fileSystem == null) {
      throw new IllegalStateException("not started");
    }
    return fileSystem;
  }

  void commit() throws IOException {
    if (opened != null) {
      opened.transactions().commit();
    }
  }

  /**
   * Cuts the power: the process is gone, the store keeps what it acknowledged, disks keep what was
   * synced and some of the rest.
   */
  void cutPower() throws InterruptedException {
    metadata.faults().away(true);
    for (Thread committer : committers) {
      committer.interrupt();
      committer.join();
    }
    committers.clear();
    packs.crash(random);
    logs.crash(random);
    metadata.faults().heal();
    metadata.faults().away(false);
  }

  /** Commits, and returns what the check has to say of the result. */
  List<String> check() throws IOException {
    commit();
    BlockStore blocks = store;
    if (blocks == null) {
      throw new IllegalStateException("not started");
    }
    var cache = new NodeCache(metadata.nodes(), blocks.codec(), 1 << 20);
    var checker =
        new Checker(new Tree(project, blocks.codec(), cache), blocks.store(), blocks.codec());
    return checker
        .check(head().root(), CheckOptions.DEEP, (done, estimate) -> {})
        .findings()
        .stream()
        .map(Finding::message)
        .toList();
  }
}
