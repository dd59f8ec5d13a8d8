package org.salvusfs.metadata.cassandra;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.EventLogContract;

class CassandraEventsIT extends EventLogContract {
  @RegisterExtension static final FreshKeyspace KEYSPACE = new FreshKeyspace();

  @Override
  protected EventLog events() {
    return KEYSPACE.metadata().events();
  }
}
