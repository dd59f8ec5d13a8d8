/** Microbenchmarks of the block store's hot paths, one core each. */
@NullMarked
package org.salvusfs.benchmarks.blockstore;

import org.jspecify.annotations.NullMarked;
