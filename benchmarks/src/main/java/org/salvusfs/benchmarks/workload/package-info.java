/**
 * Ordinary work, timed on several directories in alternation, so that noise meets all of them
 * alike. Figures are medians; compare ratios of one run only.
 */
@NullMarked
package org.salvusfs.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
