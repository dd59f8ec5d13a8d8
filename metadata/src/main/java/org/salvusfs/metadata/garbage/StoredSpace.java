package org.salvusfs.metadata.garbage;

/**
 * What a project's chunks take in the packs of this host, each chunk once, compressed and with its
 * record's header. Contents that lie in tree nodes, those of small files, are not in packs.
 *
 * @param liveBytes of chunks that the live tree refers to
 * @param bytes of those that the live tree or a snapshot refers to
 * @param sharedBytes the part of {@code bytes} that another project refers to as well: what would
 *     stay if this project went
 * @param errorBytes by how much each of them may be wrong, in 19 of 20 cases; 0: they are exact
 */
public record StoredSpace(long liveBytes, long bytes, long sharedBytes, long errorBytes) {}
