/** Tests of which module may use what. */
@NullMarked
package org.salvusfs.daemon.architecture;

import org.jspecify.annotations.NullMarked;
