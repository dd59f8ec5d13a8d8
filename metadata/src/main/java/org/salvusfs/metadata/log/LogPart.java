package org.salvusfs.metadata.log;

import org.salvusfs.metadata.api.ProjectId;

/**
 * A record of an intent log, or a part of one, with all that makes its plaintext unique.
 *
 * @param epoch the opening in which it was appended
 * @param seq its position in the log of that epoch, from 0
 * @param txg the record's highest transaction group
 * @param index of the part in its record
 * @param count of the record's parts
 * @param payload the part's share of the record
 */
record LogPart(
    ProjectId project, long epoch, long seq, long txg, int index, int count, byte[] payload) {}
