package org.salvusfs.metadata.api;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;

/**
 * The only mutable thing that a project has: who may write it, and where its tree begins.
 *
 * @param epoch number of the latest opening, 0 before the first
 * @param host the holder, null when released
 * @param incarnation the holder's start, null when released
 * @param root top node of the committed tree
 * @param txg the committed transaction group
 */
public record Head(
    ProjectId project,
    long epoch,
    @Nullable UUID host,
    @Nullable UUID incarnation,
    BlockId root,
    long txg) {}
