/**
 * The metadata stores in memory, with faults on demand: what crash sweeps and the daemon's tests
 * run on. {@link org.salvusfs.metadata.sim.SimulatedMetadata} is the way in.
 *
 * <p>One lock guards all state, so every operation is atomic and runs on its caller's thread;
 * nothing here waits, sleeps or looks at a clock. The contracts in {@code metadata.api} hold the
 * fakes and the Cassandra stores to the same behaviour.
 */
@NullMarked
package org.salvusfs.metadata.sim;

import org.jspecify.annotations.NullMarked;
