/** The Cassandra stores against a real server. */
@NullMarked
package org.salvusfs.metadata.cassandra;

import org.jspecify.annotations.NullMarked;
