/**
 * Ordinary work, timed on several directories in alternation, so that noise meets all of them
 * alike. Figures are medians; compare ratios of one run only. {@code docs/benchmarks.md} describes
 * the workloads.
 *
 * <p>{@link org.salvusfs.benchmarks.workload.Workloads} lists them; {@code Runner} repeats them; a
 * {@code *Work} class holds those of one kind. A workload's untimed preparation makes whatever the
 * timed part needs, so that each can run alone. {@link org.salvusfs.benchmarks.workload.Inputs} are
 * made from a seed outside the measured directories: no contents appear twice in one run, for a
 * filesystem that finds duplicates would otherwise be measured at finding them.
 *
 * <p><b>Cold</b> means that the kernel has forgotten contents, names and attributes, after
 * everything written before had time to reach its store. What daemons and servers keep in their own
 * memory they keep. <b>Warm</b> means that the very same work was done once before, untimed;
 * nothing else was done in between that would take from a cache or add to it.
 *
 * <p><b>Threads.</b> One, but for the workload that is about two at once.
 */
@NullMarked
package org.salvusfs.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
