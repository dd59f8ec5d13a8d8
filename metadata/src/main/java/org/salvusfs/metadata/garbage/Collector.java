package org.salvusfs.metadata.garbage;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Collects garbage: chunks that nobody refers to any more.
 *
 * <h2>What happens</h2>
 *
 * <ol>
 *   <li>The sweep begins: from now on the store marks every chunk that somebody asks for or puts.
 *   <li><em>Settle</em>: every open project commits, so that all references that were obtained
 *       before step 1 are in committed trees.
 *   <li>First pass: all trees and logs of all projects are walked and what they name is marked.
 *   <li>The <em>grace</em> passes, counted from step 1.
 *   <li>Settle, and second pass. It walks what is new, since a node that was walked is not walked
 *       again; the marks of both passes count.
 *   <li>What is not marked now is swept.
 * </ol>
 *
 * <h2>Why nothing is taken that is needed</h2>
 *
 * <p>Let somebody refer to chunk c when it would be taken, and follow the references back in time.
 * A reference comes into being in one of these ways:
 *
 * <ul>
 *   <li><em>A writer asks the store</em> for c and is told that it is there, or puts it. After step
 *       1 that marks c. Before step 1 it was settled: the reference is in a committed tree when the
 *       first pass begins.
 *   <li><em>A file shares contents</em> with one of another tree (a copy out of a snapshot). That
 *       asks the store like a writer: {@link org.salvusfs.blockstore.api.Chunks#keep}.
 *   <li><em>From tree to tree</em>: by a commit, by recovery (which commits what it replays before
 *       the log is retired), from the live tree to a snapshot, or from a snapshot back to the live
 *       tree by a rollback, or to that of a clone. Then c is in a tree or log of the cluster at
 *       every moment, in the new one before it goes from the old one, or in the hands of somebody
 *       who carries it from one to the other, and for whom step 5 waits.
 * </ul>
 *
 * <p>So a pass misses c only while it is carried, or if it moves behind the walker's back: by a
 * rollback to a snapshot, or a clone of one, which is deleted before its list is read, into a live
 * tree that was read already. It cannot go on from there into a new snapshot, because {@link
 * Marker} reads the list of snapshots twice; and while a clone is being made its origin is walked
 * even if it is being deleted. What the first pass misses is therefore in a live tree when the
 * second one begins, at the latest after its settling. To be missed again it would have to leave
 * that for a snapshot that is made, gone back to, deleted and removed between two readings of a
 * list. Removing takes the grace that tree nodes have; the grace of step 4 is as long, and also
 * outlasts what a host that died had sent to the metadata store.
 *
 * <p>A reader may still be at a tree that was replaced before step 1. It has the grace, as it has
 * for tree nodes.
 *
 * <p>This is for one host: whoever refers to a chunk of this store has asked this store. A host
 * that holds other projects of the cluster writes to a store of its own; its trees are marked, and
 * what it has not committed are copies of references that its trees have or had. Once chunks are
 * stored for other hosts too, they have to take part in step 2.
 *
 * @see "docs/decisions/012-garbage-is-marked-by-walking-and-swept-by-pack.md"
 */
public final class Collector {
  /** Lets time pass. */
  @FunctionalInterface
  public interface Grace {
    /**
     * Returns when the grace since the collection's beginning is over.
     *
     * @throws CancellationException to end the collection
     */
    void await();
  }

  /**
   * What a collection found and did.
   *
   * @param swept what was freed
   * @param stored what the chunks of each project take, as the first pass met them
   */
  public record Outcome(Sweep.Result swept, Map<ProjectId, StoredSpace> stored) {
    public Outcome {
      stored = Map.copyOf(stored);
    }
  }

  private final Marker.Sources sources;

  public Collector(Marker.Sources sources) {
    this.sources = sources;
  }

  /**
   * Runs one collection. The caller closes the sweep.
   *
   * @param sweep that has just begun
   * @param unusedMax see {@link Sweep#run}
   * @throws IOException if a project cannot be settled or marked, and then nothing was swept; or if
   *     the disk failed
   * @throws CancellationException if somebody ended it; what was freed so far is free
   */
  public Outcome run(
      Sweep sweep, double unusedMax, MarkProgress marking, Grace grace, Sweep.Pace pace)
      throws IOException {
    var space = new SpaceCount(SpaceCount.ENTRIES_MAX);
    var marker = new Marker(sources, sweep.marks(), marking, space);
    sources.open().settle();
    marker.pass();
    space.end();
    Map<ProjectId, StoredSpace> stored = space.result(sweep::recordBytes);
    grace.await();
    sources.open().settle();
    marker.pass();
    return new Outcome(sweep.run(unusedMax, pace), stored);
  }
}
