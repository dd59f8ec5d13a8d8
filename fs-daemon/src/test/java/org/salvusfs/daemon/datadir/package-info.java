/** Tests of the data directory. */
@NullMarked
package org.salvusfs.daemon.datadir;

import org.jspecify.annotations.NullMarked;
