/**
 * Append-only files of sealed blocks.
 *
 * <h2>How a block becomes durable</h2>
 *
 * <ol>
 *   <li>{@code put} appends a record to the active pack and notes its place in {@code pending}. The
 *       block is readable, from memory ({@code PackTail}) until its part of the pack is written.
 *   <li>{@code sync} writes and calls fdatasync on every pack appended to since, and fsync on the
 *       directory if a pack was created. Only then do the pending places go to the index.
 *   <li>A full pack is sealed: after its records are durable, a footer that lists them is added,
 *       and the index notes the pack as covered. At the next open a covered pack is not even read.
 * </ol>
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>The index names only bytes that were synced. Whatever lies in packs beyond it is found by
 *       reading the footers of uncovered packs and scanning unsealed ones.
 *   <li>A footer is written only after the fdatasync of all records that it lists.
 *   <li>A record is in memory only where room in the file was reserved for it.
 *   <li>A record's checksum includes its pack and offset, so a misdirected write is no record.
 *   <li>No pack is appended to after a reopen, and no pack number is used twice.
 *   <li>After a failed write or fdatasync ("fsyncgate": the kernel drops the pages and the next
 *       fdatasync succeeds) the pack takes no more records, what was not synced is appended again
 *       to another pack, and the old one is cut back to its synced length.
 * </ul>
 *
 * <h2>How a block goes</h2>
 *
 * <p>A sweep ({@code PackSweep}) deletes whole packs, after it has appended what is in use of them
 * to another one and synced that, so that the index names the new places. A reader that holds an
 * old place finds no pack there and asks the index again.
 *
 * <h2>Threads and locks</h2>
 *
 * <p>No threads of its own. Two locks, {@code syncLock} before {@code appendLock}; reads take none
 * of them. Then {@code PackTail}'s, which is held while a buffer is written, and its monitor, for
 * memory work only. A sweep holds neither but for what every append and sync does, and to remove
 * entries from the index, which is written under {@code syncLock} only.
 *
 * @see "docs/formats/pack-v1.md"
 */
@NullMarked
package org.salvusfs.blockstore.pack;

import org.jspecify.annotations.NullMarked;
