package org.salvusfs.metadata.api;

/**
 * One row of an intent log.
 *
 * @param txg the highest transaction group with a change in the row's record; a commit of that txg
 *     retires the row
 * @param seq position in the log, unique and rising within one epoch
 * @param sealed the sealed bytes of a record or of a part of one
 */
public record LogRow(long txg, long seq, byte[] sealed) {}
