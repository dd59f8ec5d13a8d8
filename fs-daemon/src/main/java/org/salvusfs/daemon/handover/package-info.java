/**
 * How one daemon gives its mount to the next without unmounting: what it has to tell ({@link
 * org.salvusfs.daemon.handover.HandOver}, in a file of the data directory) and the conversation in
 * which it does ({@link org.salvusfs.daemon.handover.Conversation}, over a Unix socket there).
 *
 * <pre>
 *  old daemon                                  new daemon
 *                                              listens, asks over the API
 *  connects                  &lt;-- READY ---     has read configuration and key
 *  pauses, commits, closes
 *  writes the file           --- STATE --&gt;     with the descriptor of /dev/fuse
 *                            &lt;-- TAKEN ---     has opened everything
 *  closes the device, ends   --- YOURS --&gt;     serves
 * </pre>
 *
 * <p>Whoever cannot go on says FAILED and why, or goes away, which is the same. Until YOURS is sent
 * the old daemon keeps the device, and on FAILED it opens everything again and serves on. Exactly
 * one of the two reads requests at any time.
 *
 * <p>Starts no threads; each object is used by one.
 *
 * @see "docs/formats/hand-over-v2.md, docs/decisions/007-upgrade-hands-the-mount-over.md"
 */
@NullMarked
package org.salvusfs.daemon.handover;

import org.jspecify.annotations.NullMarked;
