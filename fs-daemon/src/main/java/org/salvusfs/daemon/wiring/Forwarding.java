package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ReceiveReport;
import org.salvusfs.daemon.stream.StreamHeader;
import org.salvusfs.daemon.stream.StreamReader;
import org.salvusfs.daemon.stream.StreamTotals;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.ReceivedItem;
import org.salvusfs.metadata.snapshot.TreeBeside;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.Advance;
import org.salvusfs.metadata.txg.Snapshots.Advanced;
import org.salvusfs.metadata.txg.Transactions;

/**
 * Moves a project forward from what it received last to what a stream brings:
 *
 * <ol>
 *   <li>the project is settled, so that a txg is known in which nothing was changed: new nodes are
 *       born there, and are nobody else's;
 *   <li>its tree is what it received, or the stream is refused;
 *   <li>the new tree is made beside it, from pinned nodes, for as long as the stream takes, while
 *       everybody may read;
 *   <li>in a moment in which no operation is under way it takes the live tree's place, if that is
 *       the same as in step 2, and is kept as a snapshot;
 *   <li>the kernel forgets what it knows of the differences.
 * </ol>
 */
final class Forwarding {
  /** One may find changes to commit, the next one finds none unless somebody is at work. */
  private static final int SETTLINGS = 3;

  private final Daemon.Parts parts;
  private final Daemon.Mounted mounted;

  Forwarding(Daemon.Parts parts, Daemon.Mounted mounted) {
    this.parts = parts;
    this.mounted = mounted;
  }

  ReceiveReport forward(StreamReader stream, String name) throws IOException, DaemonException {
    Project project = parts.catalogue().find(name);
    OpenProject held = parts.projects().held(project);
    Transactions transactions = held.transactions();
    for (int i = 0; i < SETTLINGS; i++) {
      transactions.settle();
      long txg = transactions.committedTxg();
      try (Transactions.Pin pin = transactions.pinRoot()) {
        if (held.tree().birthTxg(pin.root()) < txg) {
          return new Move(project, held, stream, pin.root(), txg).run();
        }
      }
    }
    throw changed(project.name());
  }

  private static DaemonException changed(String project) {
    return new DaemonException.Diverged(
        "project %s is being changed, or a snapshot of it was made meanwhile; nothing of the stream was taken over"
            .formatted(project));
  }

  /** One stream into one project. */
  private final class Move {
    private final Project project;
    private final OpenProject held;
    private final StreamReader stream;
    private final StreamHeader header;
    private final BlockId root;
    private final long txg;

    /**
     * @param root of the live tree, pinned
     * @param txg committed after it, without a change
     */
    Move(Project project, OpenProject held, StreamReader stream, BlockId root, long txg) {
      this.project = project;
      this.held = held;
      this.stream = stream;
      this.header = stream.header();
      this.root = root;
      this.txg = txg;
    }

    ReceiveReport run() throws IOException, DaemonException {
      ReceivedItem latest = Receiving.received(held.tree(), root, project.id());
      if (latest == null) {
        throw new DaemonException.Diverged(
            "project %s has received nothing; a stream of changes goes to a project that receive has made of the snapshot where it begins"
                .formatted(project.name()));
      }
      boolean isThere = latest.from().equals(header.snapshot().state());
      if (!isThere && !latest.from().equals(header.since().orElseThrow().state())) {
        throw new DaemonException.Diverged(
            "the stream tells what changed since snapshot \"%s\" of %s, and that is not what project %s received last (its snapshots: ./salvus snapshot list %s)"
                .formatted(
                    header.since().orElseThrow().name(),
                    header.since().orElseThrow().state().created(),
                    project.name(),
                    project.name()));
      }
      @Nullable Snapshot kept = kept(latest);
      if (!isUnchanged(latest, kept)) {
        throw new DaemonException.Diverged(
            kept == null
                ? "project %s was changed since it received its latest snapshot, and that is gone; receive a whole stream as another project"
                    .formatted(project.name())
                : "project %s was changed since it received snapshot \"%s\"; ./salvus snapshot rollback %s %s takes it back there (and keeps what it is now in a snapshot)"
                    .formatted(project.name(), kept.name(), project.name(), kept.name()));
      }
      return isThere ? again() : advance();
    }

    /** The snapshot of exactly what was received; null if it is deleted. */
    private @Nullable Snapshot kept(ReceivedItem latest) throws MetadataException {
      Tree tree = held.tree();
      for (Snapshot each : held.transactions().snapshots().list().reversed()) {
        if (tree.birthTxg(each.root()) == latest.txg()
            && latest.equals(Receiving.received(tree, each.root(), project.id()))) {
          return each;
        }
      }
      return null;
    }

    /** Whether the live tree is as it was received, or was rolled back to that. */
    private boolean isUnchanged(ReceivedItem latest, @Nullable Snapshot kept)
        throws MetadataException {
      if (held.tree().birthTxg(root) == latest.txg()) {
        return true;
      }
      if (kept == null) {
        return false;
      }
      boolean[] isSame = {true};
      held.tree().diff(kept.root(), root, (key, was, is) -> isSame[0] &= isNothing(key, was, is));
      return isSame[0];
    }

    /** Whether a difference comes from a rollback. */
    private static boolean isNothing(Key key, byte @Nullable [] was, byte @Nullable [] is)
        throws MetadataException {
      if (Arrays.equals(key.bytes(), Keys.lineage().bytes())) {
        return true;
      }
      if (!Arrays.equals(key.bytes(), Keys.counters().bytes()) || was == null || is == null) {
        return false;
      }
      CountersItem before = CountersItem.decode(was);
      CountersItem now = CountersItem.decode(is);
      return before.bytes() == now.bytes() && before.inodes() == now.inodes();
    }

    /** An earlier attempt got as far as the commit, and perhaps not to the snapshot. */
    private ReceiveReport again() throws IOException, DaemonException {
      String name = header.snapshot().name();
      var snapshots = held.transactions().snapshots();
      boolean isKept = snapshots.list().stream().anyMatch(each -> each.name().equals(name));
      if (!isKept) {
        snapshots.create(
            name, Snapshot.Kind.MANUAL, header.comment(), header.snapshot().state().created());
        tellSnapshots(name);
      }
      return new ReceiveReport(
          project.id().toString(),
          project.name(),
          name,
          header.since().map(StreamHeader.Named::name).orElse(null),
          false,
          true,
          0,
          0,
          0);
    }

    private void tellSnapshots(String name) {
      Snapshots.changed(mounted, mounted.fileSystem().snapshotDirectories(project.id()), name);
    }

    private ReceiveReport advance() throws IOException, DaemonException {
      var stores = parts.stores();
      var beside =
          TreeBeside.of(held.tree(), root, stores.metadata().nodes(), txg, stores.nodes()::admit);
      StreamTotals totals;
      Advance to;
      try {
        Chunks chunks = stores.chunks(project, held.compression()::get);
        totals = stream.read(chunks, txg, beside::add);
        BlockId made = beside.flush();
        chunks.sync();
        requireRoom(totals);
        to =
            new Advance(
                root, txg, made, totals.counters(), header.snapshot().state(), beside.replaced());
      } catch (IOException | DaemonException | RuntimeException e) {
        Receiving.discard(beside);
        throw e;
      }
      switch (replace(to, beside)) {
        case Advanced.Done(Snapshot snapshot) -> {
          new RollingBack(parts.projects(), mounted).forget(project, held, root, snapshot.root());
          tellSnapshots(snapshot.name());
          return Receiving.report(project, header, totals, false);
        }
        case Advanced.NameTaken(String name) -> {
          Receiving.discard(beside);
          throw new DaemonException.NameTaken(
              "project %s has a snapshot named \"%s\" already, and the stream brings one of that name"
                  .formatted(project.name(), name));
        }
        case Advanced.Changed() -> {
          Receiving.discard(beside);
          throw changed(project.name());
        }
      }
    }

    private void requireRoom(StreamTotals totals) throws DaemonException {
      CountersItem will = totals.counters();
      CountersItem now = held.transactions().usage();
      var limits = held.quota().limits();
      if ((will.bytes() > limits.hardBytes() && will.bytes() > now.bytes())
          || (will.inodes() > limits.inodes() && will.inodes() > now.inodes())) {
        throw new DaemonException.Full(
            "project %s would have %d bytes in %d inodes, more than its limits allow; raise them (./salvus project set) and receive again"
                .formatted(project.name(), will.bytes(), will.inodes()));
      }
    }

    /** When this fails nobody knows whether it happened: what was made stays. */
    private Advanced replace(Advance to, TreeBeside beside) throws IOException, DaemonException {
      try {
        return held.fileSystem()
            .replace(
                () ->
                    held.transactions()
                        .snapshots()
                        .advance(
                            to,
                            header.snapshot().name(),
                            header.comment(),
                            header.snapshot().state().created()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        Receiving.discard(beside);
        throw new DaemonException.Failed("interrupted before the project moved", e);
      }
    }
  }
}
