package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.NodeStoreContract;

class CassandraNodesIT extends NodeStoreContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected NodeStore nodes() {
    return KEYSPACE.metadata().nodes();
  }
}
