/**
 * Takes directories from outside into projects.
 *
 * <p>{@link org.salvusfs.daemon.transfer.Importer} walks a local directory and makes the same in a
 * project through {@link org.salvusfs.daemon.fs.FileSystem}, past the kernel, which is told of
 * every name and file that changes. A file appears under its name when it is complete; whatever
 * ends an import, doing it again goes on, because what is the same already is not copied again.
 */
@NullMarked
package org.salvusfs.daemon.transfer;

import org.jspecify.annotations.NullMarked;
