package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectKeyStoreContract;

class CassandraProjectKeysIT extends ProjectKeyStoreContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected ProjectKeyStore keys() {
    return KEYSPACE.metadata().projectKeys();
  }
}
