/** Tests of transaction groups on simulated stores. */
@NullMarked
package org.salvusfs.metadata.txg;

import org.jspecify.annotations.NullMarked;
