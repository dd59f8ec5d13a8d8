/** Tests of streams. */
@NullMarked
package org.salvusfs.daemon.stream;

import org.jspecify.annotations.NullMarked;
