package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.ProjectStoreContract;

class CassandraProjectsIT extends ProjectStoreContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected ProjectStore projects() {
    return KEYSPACE.metadata().projects();
  }
}
