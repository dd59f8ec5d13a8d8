/** A real Cassandra for tests: {@link org.salvusfs.metadata.localcassandra.CassandraExtension}. */
@NullMarked
package org.salvusfs.metadata.localcassandra;

import org.jspecify.annotations.NullMarked;
