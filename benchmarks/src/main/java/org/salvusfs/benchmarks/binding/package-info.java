/**
 * What a request costs the process that serves it: the kernel bindings over a filesystem in memory,
 * beside a filesystem in memory written in C on libfuse3 ({@code benchmarks/baseline}). The kernel
 * is told to keep nothing, so that every call is a request. Figures are processor time of the
 * serving process, its garbage collector and compiler included, after a warm-up.
 */
@NullMarked
package org.salvusfs.benchmarks.binding;

import org.jspecify.annotations.NullMarked;
