/**
 * The items of a project's tree: keys and value codecs, all big-endian, fixed layouts.
 *
 * @see "docs/formats/items-v1.md"
 */
@NullMarked
package org.salvusfs.metadata.item;

import org.jspecify.annotations.NullMarked;
