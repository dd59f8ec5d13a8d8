/**
 * A project with a million files, hundreds of snapshots and some clones: what is to take the same
 * time whatever the size of a project.
 *
 * <p>{@link org.salvusfs.benchmarks.large.LargeCommand} has an installation of its own; {@code
 * LargeProject} fills and times it.
 *
 * <p><b>Threads.</b> Two fill the project through the mount; everything else is one's.
 */
@NullMarked
package org.salvusfs.benchmarks.large;

import org.jspecify.annotations.NullMarked;
