/**
 * The check of a project: whether everything its tree says is true, and what can be mended.
 *
 * <p>{@link org.salvusfs.metadata.check.Checker} first walks the tree once in key order. Since all
 * of an inode sits together, most of it is checked on the spot ({@code InodeCheck}); what an inode
 * and the entries that name it say of each other is gathered in {@code LinkTable}, about 40 bytes
 * an inode, and judged at the end ({@code LinkCheck}). Only if an entry is at fault are all entries
 * walked a second time, to tell its name. Findings are bounded in number.
 *
 * <p>{@link org.salvusfs.metadata.check.Repairs} turns findings into changes, and makes none that
 * lose contents or that trust a tree of which nodes are missing. After them a second check may find
 * more, until nothing is left to mend.
 *
 * <p>A check reads one committed root, which never changes, so that a project may be in use
 * meanwhile; its nodes must stay in the store as long. It runs on the caller's thread and keeps
 * none. Give it a tree over a {@link org.salvusfs.metadata.tree.StoredNodes}: a cache would hide
 * damage.
 */
@NullMarked
package org.salvusfs.metadata.check;

import org.jspecify.annotations.NullMarked;
