package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.SnapshotStoreContract;

class CassandraSnapshotsIT extends SnapshotStoreContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected SnapshotStore snapshots() {
    return KEYSPACE.metadata().snapshots();
  }
}
