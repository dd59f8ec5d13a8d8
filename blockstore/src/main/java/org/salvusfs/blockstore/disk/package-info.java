/**
 * The little of a disk that packs and logs need, so that tests can put a failing, tearing or
 * forgetting disk under the same code.
 */
@NullMarked
package org.salvusfs.blockstore.disk;

import org.jspecify.annotations.NullMarked;
