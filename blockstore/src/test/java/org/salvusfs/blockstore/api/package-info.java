/** Keys and key files. */
@NullMarked
package org.salvusfs.blockstore.api;

import org.jspecify.annotations.NullMarked;
