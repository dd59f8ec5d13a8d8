/**
 * Limits, usage ledger, admission of growth. Holds nothing yet: the exact counters that quotas will
 * be checked against are kept by {@code org.salvusfs.metadata.txg}.
 */
@NullMarked
package org.salvusfs.quota;

import org.jspecify.annotations.NullMarked;
