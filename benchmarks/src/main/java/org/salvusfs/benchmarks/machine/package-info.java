/**
 * What benchmarks need of the machine: its programs, the kernel's caches, its description, and a
 * SalvusFS on it.
 */
@NullMarked
package org.salvusfs.benchmarks.machine;

import org.jspecify.annotations.NullMarked;
