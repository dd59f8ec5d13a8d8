/** The index contract, on RocksDB and in memory. */
@NullMarked
package org.salvusfs.blockstore.index;

import org.jspecify.annotations.NullMarked;
