/** Tests of backups, on simulated stores. */
@NullMarked
package org.salvusfs.daemon.backup;

import org.jspecify.annotations.NullMarked;
