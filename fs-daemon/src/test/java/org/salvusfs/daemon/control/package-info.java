/** The client, against a real API of a fake daemon. */
@NullMarked
package org.salvusfs.daemon.control;

import org.jspecify.annotations.NullMarked;
