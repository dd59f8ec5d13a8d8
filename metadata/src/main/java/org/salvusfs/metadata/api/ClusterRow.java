package org.salvusfs.metadata.api;

import java.util.UUID;

/**
 * What a cluster is: written once, before its first project.
 *
 * @param cluster told apart from every other cluster by this id; each data directory remembers it
 * @param schemaVersion version of the store's tables
 * @param keyCheck a value that only the holder of the cluster key can have made, so that a wrong
 *     key is refused at start and not at the first read
 */
public record ClusterRow(UUID cluster, int schemaVersion, byte[] keyCheck) {}
