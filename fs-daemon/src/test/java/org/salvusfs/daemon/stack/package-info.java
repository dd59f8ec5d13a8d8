/** A whole installation as a user runs it, for tests: processes, a mount, and their end. */
@NullMarked
package org.salvusfs.daemon.stack;

import org.jspecify.annotations.NullMarked;
