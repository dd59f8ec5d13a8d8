/**
 * Where each chunk lies: id → pack, offset, length.
 *
 * <p>The index is a cache of the packs: it holds only entries whose bytes are on stable storage,
 * and whatever it loses is found again in the packs. So it is written without a log. What it must
 * keep is order: when an update is there, so are all updates before it. That is what makes {@code
 * cover} ("every record of this pack is in here") trustworthy after a crash.
 */
@NullMarked
package org.salvusfs.blockstore.index;

import org.jspecify.annotations.NullMarked;
