package org.salvusfs.blockstore.index;

/**
 * Where a record lies.
 *
 * @param pack number of the pack, at least 1
 * @param offset of the record's header in the pack, in bytes
 * @param length of the sealed block behind that header, in bytes
 */
public record Location(int pack, long offset, int length) {}
