/** Tests of how a daemon is started and ended. */
@NullMarked
package org.salvusfs.daemon.wiring;

import org.jspecify.annotations.NullMarked;
