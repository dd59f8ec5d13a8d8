package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * Where the verification of this host's packs stands.
 *
 * @param running null: none is under way
 * @param last the last one that has ended; null: there was none
 * @param due when the daemon begins the next by itself: ISO 8601, UTC; null: it begins none
 */
public record ScrubStatus(
    @Nullable ScrubReport running, @Nullable ScrubReport last, @Nullable String due) {}
