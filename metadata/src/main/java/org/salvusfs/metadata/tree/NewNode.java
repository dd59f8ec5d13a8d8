package org.salvusfs.metadata.tree;

/**
 * A node that is not stored yet.
 *
 * @param sealed what to store under its id
 * @param node the same, decoded, for a cache
 */
public record NewNode(byte[] sealed, Node node) {}
