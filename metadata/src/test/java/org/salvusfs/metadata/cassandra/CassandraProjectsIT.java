package org.salvusfs.metadata.cassandra;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.ProjectStoreContract;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

@ExtendWith(CassandraExtension.class)
class CassandraProjectsIT extends ProjectStoreContract {
  @SuppressWarnings("NullAway.Init")
  private static CassandraMetadata metadata;

  @BeforeAll
  static void open(LocalCassandra server) throws IOException {
    metadata = Keyspaces.fresh(server);
  }

  @AfterAll
  static void close() {
    metadata.close();
  }

  @Override
  protected ProjectStore projects() {
    return metadata.projects();
  }
}
