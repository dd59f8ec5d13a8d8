/** Limits, levels and races of admission. */
@NullMarked
package org.salvusfs.quota.admission;

import org.jspecify.annotations.NullMarked;
