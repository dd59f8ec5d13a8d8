package org.salvusfs.metadata.cassandra;

import java.io.IOException;
import java.util.UUID;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

/** Fresh keyspaces on a server that tests share. */
public final class Keyspaces {
  private Keyspaces() {}

  /** Stores in a new keyspace; the caller closes them. */
  public static CassandraMetadata fresh(LocalCassandra server) throws IOException {
    var keyspace = "test_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    return open(server, keyspace);
  }

  /** Stores in a keyspace of a certain name. */
  public static CassandraMetadata open(LocalCassandra server, String keyspace) throws IOException {
    return CassandraMetadata.open(
        CassandraMetadata.Options.single(
            server.contactPoint(), LocalCassandra.DATA_CENTER, keyspace),
        System::nanoTime,
        Thread::sleep,
        UUID::randomUUID);
  }

  /** Executes a statement in a keyspace, without the stores. */
  static void change(LocalCassandra server, String keyspace, String statement) throws IOException {
    var options =
        CassandraMetadata.Options.single(
            server.contactPoint(), LocalCassandra.DATA_CENTER, keyspace);
    try (var session = Sessions.open(options)) {
      session.execute("USE " + Schema.quoted(keyspace));
      session.execute(statement);
    }
  }
}
