/**
 * Writes what a project was at one moment as a tar archive, for programs that know nothing of
 * SalvusFS.
 *
 * <p>{@link org.salvusfs.daemon.export.TreeExport} walks a tree in one pass, with memory for the
 * way down and for the files whose other names are still to come, and {@code TarWriter} makes pax
 * interchange format of it as GNU tar 1.34 writes and reads it: everything that {@code tar --xattrs
 * --xattrs-include='*' --acls --selinux} puts back, holes included. Names are bytes throughout.
 *
 * <p>The format is written here and not by a library because none at hand can: Apache Commons
 * Compress keeps pax values as text, so values of extended attributes and names that are not UTF-8
 * would change, and it does not write sparse files.
 *
 * @see "POSIX.1-2017, pax, Extended Description; GNU tar manual, Appendix D"
 */
@NullMarked
package org.salvusfs.daemon.export;

import org.jspecify.annotations.NullMarked;
