package org.salvusfs.metadata.txg;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.tree.Update;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns closed groups into commits, one after the other, on one thread. Every attempt can be
 * repeated from its beginning: blocks are named by their contents, and the head knows its txg.
 */
final class Committer implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Committer.class);
  private static final long REST_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long REST_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final Transactions.Parts parts;
  private final Fence fence;
  private final Groups groups;
  private final Contents contents;
  private final Journal journal;
  private final Usage usage;
  private final Tenure tenure;
  private final Retirement retirement;

  /** Counters in the committed tree; touched by the committing thread only. */
  private CountersItem committedCounters;

  Committer(
      Transactions.Parts parts,
      Fence fence,
      Groups groups,
      Contents contents,
      Journal journal,
      Usage usage,
      Tenure tenure,
      Retirement retirement,
      CountersItem committedCounters) {
    this.parts = parts;
    this.fence = fence;
    this.groups = groups;
    this.contents = contents;
    this.journal = journal;
    this.usage = usage;
    this.tenure = tenure;
    this.retirement = retirement;
    this.committedCounters = committedCounters;
  }

  @Override
  public void run() {
    try {
      boolean going = true;
      while (going && groups.awaitWork()) {
        going = commitPersistently(groups.close());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Repeats until the group is committed; false if that will never be, or the process stops. */
  private boolean commitPersistently(Group group) throws InterruptedException {
    long restNanos = REST_NANOS_MIN;
    while (true) {
      try {
        commit(group);
        return true;
      } catch (MetadataException.Fenced e) {
        log.error("project {} is fenced, txg {} is given up", fence.project(), group.txg, e);
        groups.failed(tenure.fencedOff(e));
        parts.listener().commitFailed(group.txg, e);
        return false;
      } catch (IOException e) {
        log.warn("txg {} of project {}: {}", group.txg, fence.project(), e.getMessage());
        groups.failed(e);
        parts.listener().commitFailed(group.txg, e);
      } catch (RuntimeException e) {
        log.error("txg {} of project {} hit a defect", group.txg, fence.project(), e);
        groups.failed(new IOException("a defect stopped the commit: " + e, e));
        parts.listener().commitFailed(group.txg, new IOException(e));
      }
      if (groups.isStopping()) {
        return false;
      }
      groups.rest(restNanos);
      restNanos = Math.min(2 * restNanos, REST_NANOS_MAX);
    }
  }

  /** One attempt. The group is quiet. */
  void commit(Group group) throws IOException {
    long start = parts.nanoClock().getAsLong();
    RollBack back = group.rollBack;
    BlockId root = back == null ? groups.state().root() : back.root();
    CountersItem before = back == null ? committedCounters : back.counters();
    var below = new Layers(parts.tree(), List.of(), root);
    var frozen = new Layers(parts.tree(), List.of(group.overlay), root);
    List<Change> written = contents.writeOut(group.txg, below, frozen);
    var counters =
        new CountersItem(
            Math.max(usage.now().nextInode(), before.nextInode()),
            before.bytes() + group.overlay.usageBytes(),
            before.inodes() + group.overlay.usageInodes());
    var batch = GroupChanges.gather(group.overlay, written, below, counters);
    if (back != null) {
      addMark(back, group, batch);
    }
    Update update = parts.tree().apply(root, group.txg, batch.values().iterator());

    parts.chunks().sync();
    parts.nodes().put(update.sealed());
    parts.heads().commit(fence, update.root(), group.txg);

    parts.cache().admit(update);
    committedCounters = counters;
    if (back != null) {
      usage.goBackTo(counters);
      back.done().committed(group.txg);
    }
    groups.committed(group, update.root());
    contents.committed(group.txg);
    groups.released();
    journal.committed(group.txg);
    retirement.add(group.txg, update.replaced());
    long nanos = parts.nanoClock().getAsLong() - start;
    parts.listener().committed(group.txg, nanos, batch.size(), update.added().size());
    cleanUp(group.txg);
  }

  /** An operation that began while nobody may is a defect: its change was made to another tree. */
  private static void addMark(RollBack back, Group group, SortedMap<Key, Change> batch) {
    if (!group.overlay.isEmpty()) {
      throw new IllegalStateException("an operation ran during a rollback, txg " + group.txg);
    }
    Change mark = back.mark().at(group.txg);
    batch.put(mark.key(), mark);
  }

  /** What a commit makes superfluous; a failure here is mended by the next commit. */
  private void cleanUp(long txg) {
    try {
      parts.log().retire(txg);
    } catch (MetadataException e) {
      log.warn("the intent log of {} could not be retired: {}", fence.project(), e.getMessage());
    }
    retirement.deleteDue();
  }
}
