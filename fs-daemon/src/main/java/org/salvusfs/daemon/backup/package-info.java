/**
 * Saves whole clusters to a place outside, and brings them back from there alone.
 *
 * <p>A backup is a copy of trees. {@link org.salvusfs.daemon.backup.TreeCopier} copies one tree
 * from one place that holds {@link org.salvusfs.daemon.backup.Blocks} to another: {@link
 * org.salvusfs.daemon.backup.Backup} from the cluster to a {@link
 * org.salvusfs.daemon.backup.Target}, {@link org.salvusfs.daemon.backup.Restore} the other way.
 * Blocks stay sealed as they are, and each is authenticated on its way.
 *
 * <p>A target is in a {@link org.salvusfs.daemon.backup.Depot}: a directory, or a place in a
 * bucket.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A node is stored after everything below it is durable. So a node that is there need not be
 *       looked into: that makes backups incremental, and lets both directions go on after a kill.
 *       (What a snapshot that is being deleted has lost already is left out, and is in no other
 *       tree.)
 *   <li>In a bucket, packs appear when they are sealed, in the order of their numbers; so the one
 *       before holds there, too, although blocks are not there after each sync.
 *   <li>A manifest is written when everything that it names is durable. The latest manifest is the
 *       last complete backup, whatever happened since; the blocks of a target are only ever added
 *       to. The keys of projects that have one of their own are replaced before each manifest, by
 *       those that it needs and the cluster still has.
 *   <li>While a project is read, a held snapshot keeps its nodes and chunks.
 *   <li>From the first block that a restore puts until its projects are there, a file in the data
 *       directory says so, and no garbage is collected: nothing refers to those chunks yet.
 *   <li>A restored project gets its row, and with it its name, last; a clone before its origin,
 *       because a row that is not there is taken for a clone that never came to be.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * <p>None of its own; the caller's does everything, and hears of the progress. Whoever wires sees
 * to it that one backup or restore runs at a time. A directory's index has a lock of its own, and a
 * bucket an object that says who writes, so that a second process is refused.
 *
 * @see "docs/formats/backup-v1.md"
 * @see "docs/decisions/015-a-backup-is-a-copy-of-trees.md"
 * @see "docs/decisions/019-a-bucket-takes-sealed-packs.md"
 */
@NullMarked
package org.salvusfs.daemon.backup;

import org.jspecify.annotations.NullMarked;
