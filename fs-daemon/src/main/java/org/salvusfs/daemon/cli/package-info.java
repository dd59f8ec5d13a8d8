/**
 * The {@code salvus} command line. A command reads its options, asks a daemon through its API (or
 * starts one), prints, and returns an {@link org.salvusfs.daemon.cli.ExitCode}. Errors are one
 * sentence on standard error; standard output holds only what was asked for.
 *
 * <p>Runs on the main thread. What a command needs from the outside is in its {@link
 * org.salvusfs.daemon.cli.Session}, so that tests run commands without processes.
 */
@NullMarked
package org.salvusfs.daemon.cli;

import org.jspecify.annotations.NullMarked;
