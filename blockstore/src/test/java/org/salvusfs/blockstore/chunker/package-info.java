/** Cuts as properties. */
@NullMarked
package org.salvusfs.blockstore.chunker;

import org.jspecify.annotations.NullMarked;
