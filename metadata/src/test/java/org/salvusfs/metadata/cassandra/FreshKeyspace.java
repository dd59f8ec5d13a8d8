package org.salvusfs.metadata.cassandra;

import java.io.IOException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.salvusfs.metadata.localcassandra.CassandraExtension;

/** Stores in a new keyspace of the shared server, for all tests of a class; a static field. */
final class FreshKeyspace implements BeforeAllCallback, AfterAllCallback {
  @SuppressWarnings("NullAway.Init")
  private CassandraMetadata metadata;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    metadata = Keyspaces.fresh(CassandraExtension.server(context));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    metadata.close();
  }

  CassandraMetadata metadata() {
    return metadata;
  }
}
