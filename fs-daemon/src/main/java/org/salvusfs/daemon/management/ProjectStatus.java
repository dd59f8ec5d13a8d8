package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * A project at one moment.
 *
 * @param durability {@code host} or {@code quorum}
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
    String created,
    boolean open,
    @Nullable Long txg,
    @Nullable String root,
    @Nullable Long bytes,
    @Nullable Long inodes,
    @Nullable Boolean dirty,
    QuotaStatus quota,
    @Nullable String snapshots) {}
