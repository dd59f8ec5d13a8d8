/** Tests of the hand-over's file. */
@NullMarked
package org.salvusfs.daemon.handover;

import org.jspecify.annotations.NullMarked;
