/** Promise 14: databases in a home keep what they acknowledged when the daemon is killed. */
@NullMarked
package org.salvusfs.daemon.databases;

import org.jspecify.annotations.NullMarked;
