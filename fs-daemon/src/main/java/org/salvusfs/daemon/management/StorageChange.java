package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.Durability;

/**
 * How a project's data is to be kept from now on; null leaves a choice as it is.
 *
 * @param durability holds when the project is opened next
 * @param compression holds at once, for what is not stored yet
 */
public record StorageChange(@Nullable Durability durability, @Nullable Compression compression) {}
