/**
 * Keeps idle processors from halting while the mount is busy: see docs/decisions/029.
 *
 * <p>{@link org.salvusfs.daemon.processors.AwakeProcessors} has one thread, which sleeps without a
 * timer while nobody asks the mount for anything.
 */
@NullMarked
package org.salvusfs.daemon.processors;

import org.jspecify.annotations.NullMarked;
