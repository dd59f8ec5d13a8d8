/**
 * What other modules may use of the metadata engine, and what a metadata store must offer it.
 *
 * <p>{@link org.salvusfs.metadata.api.NodeStore} and {@link org.salvusfs.metadata.api.HeadStore}
 * are implemented on Cassandra and, for simulation, in tests.
 */
@NullMarked
package org.salvusfs.metadata.api;

import org.jspecify.annotations.NullMarked;
