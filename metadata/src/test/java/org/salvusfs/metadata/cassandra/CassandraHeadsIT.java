package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HeadStoreContract;

class CassandraHeadsIT extends HeadStoreContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected HeadStore heads() {
    return KEYSPACE.metadata().heads();
  }
}
