package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.HostStoreContract;

class CassandraHostsIT extends HostStoreContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected HostStore hosts() {
    return KEYSPACE.metadata().hosts();
  }
}
