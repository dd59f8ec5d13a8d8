/**
 * Whether a project may grow. {@link org.salvusfs.quota.admission.Quota} is asked before an
 * operation begins and answers with a reservation or a refusal; the counters themselves are in
 * {@link org.salvusfs.metadata.txg.Usage}.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>What is in use or set aside never grows beyond a limit, however many callers race: the sum
 *       is compared and raised in one step. (It may be beyond after a limit was lowered, or when a
 *       log came back that was acknowledged under another limit.)
 *   <li>Growth of nothing is always admitted: deleting, truncating and overwriting never ask for
 *       more.
 *   <li>A level is announced when it is reached, and again only after use has fallen well below it.
 * </ul>
 *
 * <p>No threads of its own; the clock is handed in. Lock order: the quota's lock, then that of the
 * usage. Listeners are called with no lock held.
 */
@NullMarked
package org.salvusfs.quota.admission;

import org.jspecify.annotations.NullMarked;
