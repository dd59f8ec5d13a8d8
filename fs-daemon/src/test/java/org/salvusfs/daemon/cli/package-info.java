/** Tests of the command line, with a daemon that is not one. */
@NullMarked
package org.salvusfs.daemon.cli;

import org.jspecify.annotations.NullMarked;
