/**
 * Trees of files to measure with: generated from a seed, or copied from this machine's libraries.
 */
@NullMarked
package org.salvusfs.benchmarks.trees;

import org.jspecify.annotations.NullMarked;
