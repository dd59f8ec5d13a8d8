/** Tests of the control channel. */
@NullMarked
package org.salvusfs.daemon.control;

import org.jspecify.annotations.NullMarked;
