/** Keys and contents shared by the tests of all rooms. */
@NullMarked
package org.salvusfs.blockstore;

import org.jspecify.annotations.NullMarked;
