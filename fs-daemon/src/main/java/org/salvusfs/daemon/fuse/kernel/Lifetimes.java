package org.salvusfs.daemon.fuse.kernel;

import java.time.Duration;

/**
 * How long the kernel may keep what it is told without asking again.
 *
 * @param entry a name that exists
 * @param absence a name that does not exist; zero: not kept
 * @param attributes what stat shows
 */
record Lifetimes(Duration entry, Duration absence, Duration attributes) {}
