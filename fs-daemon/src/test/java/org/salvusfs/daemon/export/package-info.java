/** Tests of the archives that projects are exported as. */
@NullMarked
package org.salvusfs.daemon.export;

import org.jspecify.annotations.NullMarked;
