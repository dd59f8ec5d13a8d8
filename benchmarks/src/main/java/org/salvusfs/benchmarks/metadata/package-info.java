/** Microbenchmarks of the metadata tree, with nodes in memory and without encryption. */
@NullMarked
package org.salvusfs.benchmarks.metadata;

import org.jspecify.annotations.NullMarked;
