/**
 * Versions of trees, kept by SalvusFS and by programs that people save their work with: the time
 * until each version is durable, the size of all of them, and the time until one is back.
 *
 * <p>{@link org.salvusfs.benchmarks.snapshots.Versions} makes the trees step by step; a {@link
 * org.salvusfs.benchmarks.snapshots.Keeper} keeps them; {@code Rounds} lets the keepers take turns.
 * Every run begins with empty stores.
 *
 * <p><b>Threads.</b> One; what the programs do is theirs.
 */
@NullMarked
package org.salvusfs.benchmarks.snapshots;

import org.jspecify.annotations.NullMarked;
