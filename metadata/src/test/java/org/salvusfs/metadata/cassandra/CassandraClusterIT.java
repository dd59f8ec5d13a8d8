package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.ClusterStore;
import org.salvusfs.metadata.api.ClusterStoreContract;

class CassandraClusterIT extends ClusterStoreContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected ClusterStore cluster() {
    return KEYSPACE.metadata().cluster();
  }
}
