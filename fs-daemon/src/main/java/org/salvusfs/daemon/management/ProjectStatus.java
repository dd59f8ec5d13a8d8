package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * A project at one moment.
 *
 * @param durability {@code host} or {@code quorum}: where its intent log is from its next opening
 *     on
 * @param durabilityNow where that is now; null if it is not open here
 * @param compression {@code lz4} or {@code zstd}, of what is stored from now on
 * @param ownKey whether all of it is sealed under a key of its own
 * @param created ISO 8601
 * @param open whether this daemon has it open; the fields after it, up to {@code quota}, are null
 *     otherwise
 * @param txg the committed transaction group
 * @param root id of the committed tree's top node
 * @param bytes logical bytes outside holes, uncommitted changes included
 * @param inodes inodes in use, uncommitted changes included
 * @param dirty whether changes wait to be committed
 * @param quota what it may use
 * @param snapshots its policy of automatic snapshots; null: the configured default
 */
public record ProjectStatus(
    String id,
    String name,
    String durability,
    @Nullable String durabilityNow,
    String compression,
    boolean ownKey,
    String created,
    boolean open,
    @Nullable Long txg,
    @Nullable String root,
    @Nullable Long bytes,
    @Nullable Long inodes,
    @Nullable Boolean dirty,
    QuotaStatus quota,
    @Nullable String snapshots) {}
