/**
 * Which chunks are referred to, and the order in which garbage is found and freed.
 *
 * <p>{@link org.salvusfs.metadata.garbage.Collector} is where to begin: it holds the rules and why
 * they are enough. {@link org.salvusfs.metadata.garbage.Marker} walks the trees and logs of all
 * projects of the cluster; {@code SpaceCount} counts along the way what each of them takes. What
 * frees space is {@link org.salvusfs.blockstore.api.Sweep}.
 *
 * <p>No threads and no locks of its own: a collection runs on its caller's thread, next to
 * everything else. Nothing that it meets is changed but the packs.
 */
@NullMarked
package org.salvusfs.metadata.garbage;

import org.jspecify.annotations.NullMarked;
