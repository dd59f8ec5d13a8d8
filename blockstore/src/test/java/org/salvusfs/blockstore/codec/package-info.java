/** Golden vectors and damage. */
@NullMarked
package org.salvusfs.blockstore.codec;

import org.jspecify.annotations.NullMarked;
