/**
 * Who may write a project. A host keeps one row alive ({@link
 * org.salvusfs.metadata.lease.HostLease}); it holds a project when the head names it ({@link
 * org.salvusfs.metadata.lease.Leases}).
 *
 * <p>Why two hosts never serve one project at the same time:
 *
 * <ol>
 *   <li>A host's lease runs from the <em>start</em> of a renewal that succeeded, on its own
 *       monotonic clock, for {@code validFor}. A renewal succeeded when the host has read back what
 *       it wrote.
 *   <li>Whoever wants to take over first reads the head, then watches the holder's row for {@code
 *       validFor + margin} on its own monotonic clock. If the row did not change, the holder's
 *       lease had run out before the watch ended, however slow messages were; clocks may differ by
 *       any offset and, over that time, drift apart by less than the margin.
 *   <li>It then acquires the head on condition that nothing in it has changed since the watch
 *       began: epoch, holder, txg, root.
 *   <li>A host whose lease ran out and came back ({@link org.salvusfs.metadata.api.Lease#term()}
 *       rose) must not trust a project it held until it has <em>committed</em> in it once. Reading
 *       the head is not enough: a take-over that was decided during the lapse may still be on its
 *       way, and only a commit makes its condition false.
 * </ol>
 *
 * <p>And when all of that is broken, by clocks that drift further or by a defect, the epoch still
 * fences every commit and every row of the quorum log.
 *
 * <p>Protocols are state machines ({@code Renewal}, {@code Opening}) that are handed the time and
 * the store's answers; the classes around them own the threads and the calls.
 */
@NullMarked
package org.salvusfs.metadata.lease;

import org.jspecify.annotations.NullMarked;
