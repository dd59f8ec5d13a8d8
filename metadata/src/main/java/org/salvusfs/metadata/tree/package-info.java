/**
 * The copy-on-write B+tree and its nodes: pure functions from a root id and changes to a new root
 * id. No locks, and no I/O but through a {@link org.salvusfs.metadata.tree.NodeSource}.
 *
 * <p>Invariants of every tree, kept by {@link org.salvusfs.metadata.tree.Tree#apply} and assumed by
 * the rest:
 *
 * <ul>
 *   <li>all leaves are of level 0, and a child's level is its parent's minus one;
 *   <li>the key of an inner node's item is exactly the least key under that child, so that a diff
 *       can line up two trees without reading them;
 *   <li>a node other than the root is not <em>underfull</em>: it has at least {@code bytesMin}
 *       encoded bytes and, if it is an inner node, two items; the root of more than one node has
 *       two items too, so that a tree that shrinks also gets shallow;
 *   <li>a node is longer than {@code bytesMax} only if no cut leaves both sides not underfull,
 *       which takes a value longer than {@code bytesMax - bytesMin};
 *   <li>an empty tree is one empty leaf.
 * </ul>
 *
 * <p>A node is immutable and names its project and the txg it was born in; its id is a MAC of that,
 * so that nodes may be cached without limit and no two projects or commits share one. Everything
 * here is thread-safe but cursors, and owns no threads: a node that has to be read is read on the
 * caller's thread.
 *
 * @see "docs/formats/node-v1.md"
 */
@NullMarked
package org.salvusfs.metadata.tree;

import org.jspecify.annotations.NullMarked;
