/** Limits as people write them. */
@NullMarked
package org.salvusfs.quota.policy;

import org.jspecify.annotations.NullMarked;
