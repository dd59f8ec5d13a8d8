/** A daemon for tests that is none. */
@NullMarked
package org.salvusfs.daemon.management;

import org.jspecify.annotations.NullMarked;
