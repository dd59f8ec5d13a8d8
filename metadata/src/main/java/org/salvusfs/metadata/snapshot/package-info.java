/**
 * What is done with snapshots beyond one open project: clones of them, and what changed between
 * two. Snapshots themselves are made and freed where commits are ({@code metadata.txg.Snapshots}).
 *
 * <p>A clone is a project whose first tree is a snapshot's with one item more, its ORIGIN. All
 * other nodes stay the origin's, which keeps them as long as the snapshot's row names the clone;
 * the clone never deletes a node of another project.
 *
 * <p>{@link org.salvusfs.metadata.snapshot.Purge} is the end of a project. It deletes the project's
 * own nodes but those that snapshots with clones have; these go when the last clone has been
 * purged.
 *
 * <p>No threads and no locks of its own: everything here may be called by many threads and runs on
 * the caller's.
 */
@NullMarked
package org.salvusfs.metadata.snapshot;

import org.jspecify.annotations.NullMarked;
