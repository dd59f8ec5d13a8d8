/**
 * The two homes of the intent log: append-only files beside the packs ({@link
 * org.salvusfs.metadata.log.HostIntentLog}) and fenced rows in the metadata store ({@link
 * org.salvusfs.metadata.log.QuorumIntentLog}). Both frame and seal their records the same way
 * ({@link org.salvusfs.metadata.log.RecordSeal}).
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>An acknowledged record comes back, in its place, until it is retired; or the loss is logged
 *       and the files that held it are kept.
 *   <li>A record that was never appended to this project in this epoch at this position is never
 *       handed out, whatever a disk does: position and owner are inside the sealed plaintext.
 *   <li>Files are recycled only after what they held was retired; files whose records nobody may
 *       replay are set aside under another name, never deleted.
 * </ul>
 *
 * <p>Threads: one appender per log, and any thread that retires. The appender's lock is held
 * through an append; it excludes only {@code close}. Lock order: appender's lock, then the list of
 * full files; no I/O under the latter.
 *
 * @see "docs/formats/intent-log-v1.md"
 */
@NullMarked
package org.salvusfs.metadata.log;

import org.jspecify.annotations.NullMarked;
