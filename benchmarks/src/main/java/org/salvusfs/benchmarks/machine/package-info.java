/** What benchmarks need of the machine: its programs, the kernel's caches, and its description. */
@NullMarked
package org.salvusfs.benchmarks.machine;

import org.jspecify.annotations.NullMarked;
