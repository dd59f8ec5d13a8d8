/** Tests of the check: every kind of damage is planted, found, and mended where it can be. */
@NullMarked
package org.salvusfs.metadata.check;

import org.jspecify.annotations.NullMarked;
