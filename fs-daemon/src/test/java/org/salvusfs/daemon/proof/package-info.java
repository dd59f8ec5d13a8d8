/**
 * Proofs of promises that need the real stack: processes, a mount, Cassandra. Each has a quick form
 * for every run and a full one, {@code ./salvus prove N --full}. A proof prints its seed; {@code
 * -Dsalvus.proof.seed=N} repeats it.
 */
@NullMarked
package org.salvusfs.daemon.proof;

import org.jspecify.annotations.NullMarked;
