/** Jobs of many tasks that several threads do together. No threads of its own; thread-safe. */
@NullMarked
package org.salvusfs.daemon.crew;

import org.jspecify.annotations.NullMarked;
