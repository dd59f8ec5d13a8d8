package org.salvusfs.metadata.cassandra;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HeadStoreContract;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

@ExtendWith(CassandraExtension.class)
class CassandraHeadsIT extends HeadStoreContract {
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
  protected HeadStore heads() {
    return metadata.heads();
  }
}
