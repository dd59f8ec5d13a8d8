/** Tests of the operation meters. */
@NullMarked
package org.salvusfs.daemon.metrics;

import org.jspecify.annotations.NullMarked;
