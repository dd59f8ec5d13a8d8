package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ReceiveReport;
import org.salvusfs.daemon.stream.StreamHeader;
import org.salvusfs.daemon.stream.StreamReader;
import org.salvusfs.daemon.stream.StreamTotals;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.ReceivedItem;
import org.salvusfs.metadata.snapshot.TreeBeside;
import org.salvusfs.metadata.tree.Tree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes streams in. Everything that one brings is stored before anybody can see it: a new project
 * gets its row, and with it its name, last; one that moves forward does so in one commit. Until
 * then no garbage is collected. One stream at a time for each name; thread-safe.
 */
final class Receiving {
  private static final Logger log = LoggerFactory.getLogger(Receiving.class);

  /** Of the first tree of a project. */
  private static final long FIRST_TXG = 0;

  private final Daemon.Parts parts;
  private final Stores stores;
  private final Forwarding forwarding;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  Receiving(Daemon.Parts parts, Daemon.Mounted mounted) {
    this.parts = parts;
    this.stores = parts.stores();
    this.forwarding = new Forwarding(parts, mounted);
  }

  /**
   * Takes one in.
   *
   * @param as name of the project; empty: as the stream says
   */
  ReceiveReport receive(StreamReader stream, Optional<String> as)
      throws IOException, DaemonException {
    String name = as.orElse(stream.header().project());
    if (!underWay.add(name)) {
      throw new DaemonException.Held(
          "a stream is being received into project \"%s\"; wait for it".formatted(name));
    }
    try (var _ = parts.garbage().arrive()) {
      return stream.header().since().isPresent()
          ? forwarding.forward(stream, name)
          : create(stream, name);
    } finally {
      underWay.remove(name);
    }
  }

  private ReceiveReport create(StreamReader stream, String name)
      throws IOException, DaemonException {
    Catalogue.checkName(name);
    parts.catalogue().requireFree(name);
    StreamHeader header = stream.header();
    long now = parts.surroundings().wallClock().getAsLong();
    var project =
        new Project(
            new ProjectId(parts.surroundings().newId()),
            name,
            header.durability(),
            header.compression(),
            Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(now)));
    var tree = new Tree(project.id(), stores.codec(project), stores.nodes());
    var beside =
        TreeBeside.empty(tree, stores.metadata().nodes(), FIRST_TXG, stores.nodes()::admit);
    StreamTotals totals;
    try {
      totals = fill(project, stream, beside);
      writeHead(project.id(), header, totals, beside.flush());
    } catch (IOException | RuntimeException e) {
      undo(project.id(), beside);
      throw e;
    }
    if (!stores.metadata().projects().create(project)) {
      undo(project.id(), beside);
      throw Catalogue.taken(name);
    }
    log.info("project {} ({}) came as a stream", name, project.id());
    return report(project, header, totals, true);
  }

  static ReceiveReport report(
      Project project, StreamHeader header, StreamTotals totals, boolean isNew) {
    return new ReceiveReport(
        project.id().toString(),
        project.name(),
        header.snapshot().name(),
        header.since().map(StreamHeader.Named::name).orElse(null),
        isNew,
        false,
        totals.changes(),
        totals.chunks(),
        totals.chunkBytes());
  }

  private StreamTotals fill(Project project, StreamReader stream, TreeBeside beside)
      throws IOException {
    StreamHeader header = stream.header();
    Chunks chunks = stores.chunks(project, header::compression);
    StreamTotals totals = stream.read(chunks, FIRST_TXG, beside::add);
    chunks.sync();
    beside.flush();
    var received = new ReceivedItem(project.id(), FIRST_TXG, header.snapshot().state());
    beside.add(new Change(Keys.counters(), totals.counters().encode()));
    beside.add(new Change(Keys.received(), received.encode()));
    beside.flush();
    return totals;
  }

  /** Nobody holds the project, and nobody knows of it. */
  private void writeHead(ProjectId id, StreamHeader header, StreamTotals totals, BlockId root)
      throws MetadataException {
    stores.metadata().heads().create(id, root, FIRST_TXG);
    var nobody = new Fence(id, 0, parts.data().host(), parts.data().host());
    stores.metadata().snapshots().open(nobody);
    var snapshot =
        new Snapshot(
            id,
            header.snapshot().state().created(),
            header.snapshot().name(),
            root,
            FIRST_TXG,
            totals.counters().bytes(),
            totals.counters().inodes(),
            Snapshot.Kind.MANUAL,
            header.comment(),
            Lineage.STRAIGHT,
            Set.of(),
            Map.of(),
            false);
    stores.metadata().snapshots().create(nobody, snapshot);
  }

  private void undo(ProjectId id, TreeBeside beside) {
    try {
      stores.metadata().heads().remove(id);
      stores.metadata().snapshots().forget(id);
    } catch (MetadataException e) {
      log.warn("what a stream that was not received left of its head stays: {}", e.getMessage());
    }
    discard(beside);
  }

  /** Nobody refers to what stays; it takes space, and that is all. */
  static void discard(TreeBeside beside) {
    try {
      beside.discard();
    } catch (MetadataException e) {
      log.warn("tree nodes of a stream that was not received stay: {}", e.getMessage());
    }
  }

  /** What the tree at a root says that it is; null if that project has received nothing. */
  static @Nullable ReceivedItem received(Tree tree, BlockId root, ProjectId project)
      throws MetadataException {
    byte[] value = tree.get(root, Keys.received());
    ReceivedItem item = value == null ? null : ReceivedItem.decode(value);
    return item == null || !item.project().equals(project) ? null : item;
  }
}
