package org.salvusfs.metadata.api;

import org.jspecify.annotations.Nullable;

/**
 * An item's new value, or its removal.
 *
 * @param value null: the item goes, if it is there
 */
public record Change(Key key, byte @Nullable [] value) {}
