package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * Where the collection of garbage stands.
 *
 * @param latest the run that is under way, or else the last one, of those before the daemon's start
 *     the last that was done; null: there was none
 * @param packsBytes length of all packs, garbage included
 * @param periodSeconds between runs that the daemon begins by itself; 0: it begins none
 */
public record GarbageStatus(@Nullable GarbageRun latest, long packsBytes, long periodSeconds) {}
