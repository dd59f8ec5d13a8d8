package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Missing;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Nodes in {@code tree_node}. Writes go out side by side, a bounded number over all callers; a node
 * is read from one replica, because its id verifies it, and from a quorum when that one has not got
 * it.
 */
final class CassandraNodes implements NodeStore {
  /** Requests among which few nodes are spread: each of them waits for the disk by itself. */
  private static final int REQUESTS_MIN = 64;

  /** What is longer counts for several where the number on its way is bounded. */
  private static final int NODE_BYTES = 8 << 10;

  /** Nodes that are read at a time where all are looked through. */
  private static final int SCAN_PAGE_ROWS = 200;

  private final CqlSession session;
  private final Retries retries;
  private final Semaphore inFlight;
  private final int inFlightMax;
  private final int perRequestMax;
  private final PreparedStatement get;
  private final PreparedStatement put;
  private final PreparedStatement delete;
  private final PreparedStatement all;

  /**
   * Some writes.
   *
   * @param weight how many of those that may be on their way they count for
   */
  private record Request(BatchStatement batch, int weight) {}

  /**
   * Prepares the statements.
   *
   * @param inFlightMax writes on their way at any time, no less than {@code perRequestMax}; one of
   *     more than 8 KiB counts for several
   * @param perRequestMax writes that one request may ask for
   */
  CassandraNodes(
      CqlSession session, String keyspace, Retries retries, int inFlightMax, int perRequestMax) {
    this.session = session;
    this.retries = retries;
    this.inFlight = new Semaphore(inFlightMax);
    this.inFlightMax = inFlightMax;
    this.perRequestMax = perRequestMax;
    var table = keyspace + ".tree_node";
    get = session.prepare("SELECT sealed FROM " + table + " WHERE id = ?");
    put = session.prepare("INSERT INTO " + table + " (id, sealed) VALUES (?, ?)");
    delete = session.prepare("DELETE FROM " + table + " WHERE id = ?");
    all = session.prepare("SELECT id, sealed FROM " + table);
  }

  @Override
  public byte[] get(BlockId id) throws MetadataException {
    var select = get.bind(key(id)).setIdempotent(true);
    return retries.until(
        "read node " + id,
        () -> {
          var row = one(select, ConsistencyLevel.LOCAL_ONE);
          if (row == null) {
            row = one(select, ConsistencyLevel.LOCAL_QUORUM);
          }
          if (row == null) {
            throw new Missing("node " + id + " is not in Cassandra");
          }
          return Optional.of(Columns.bytes(row, "sealed"));
        });
  }

  private @Nullable Row one(BoundStatement select, ConsistencyLevel consistency) {
    return session.execute(select.setConsistencyLevel(consistency)).one();
  }

  @Override
  public void put(Map<BlockId, byte[]> sealed) throws MetadataException {
    var statements = new ArrayList<BoundStatement>(sealed.size());
    sealed.forEach((id, bytes) -> statements.add(put.bind(key(id), ByteBuffer.wrap(bytes))));
    executeAll("write " + sealed.size() + " nodes", statements);
  }

  @Override
  public void delete(Collection<BlockId> ids) throws MetadataException {
    executeAll(
        "delete " + ids.size() + " nodes", ids.stream().map(id -> delete.bind(key(id))).toList());
  }

  @Override
  public void deleteSealedFor(ProjectId project) throws MetadataException {
    var select = all.bind().setPageSize(SCAN_PAGE_ROWS).setIdempotent(true);
    List<BlockId> found =
        retries.until(
            "look through all nodes for those of " + project,
            () -> {
              var ids = new ArrayList<BlockId>();
              for (var row : session.execute(select)) {
                if (project.uuid().equals(BlockCodec.projectOf(Columns.bytes(row, "sealed")))) {
                  ids.add(BlockId.of(Columns.bytes(row, "id")));
                }
              }
              return Optional.of(ids);
            });
    delete(found);
  }

  /** Repeats those that fail, until none is left. */
  private void executeAll(String what, List<BoundStatement> statements) throws MetadataException {
    var left = requests(statements);
    retries.until(
        what,
        () -> {
          var failure = executeOnce(left);
          if (failure != null) {
            throw failure;
          }
          return Optional.of(true);
        });
  }

  /** As many requests as suits a server that does the writes of one after another. */
  private List<Request> requests(List<BoundStatement> statements) {
    int together = Math.clamp(statements.size() / REQUESTS_MIN, 1, perRequestMax);
    var requests = new ArrayList<Request>();
    for (int i = 0; i < statements.size(); i += together) {
      requests.add(request(statements.subList(i, Math.min(statements.size(), i + together))));
    }
    return requests;
  }

  private Request request(List<BoundStatement> statements) {
    var batch = BatchStatement.newInstance(BatchType.UNLOGGED).addAll(statements);
    long bytes =
        statements.stream()
            .flatMap(statement -> statement.getValues().stream())
            .mapToLong(ByteBuffer::remaining)
            .sum();
    int weight = Math.clamp(bytes / NODE_BYTES, statements.size(), inFlightMax);
    return new Request(batch.setIdempotent(true), weight);
  }

  /** Executes all and keeps those that fail in the list; returns one of the failures. */
  private @Nullable DriverException executeOnce(List<Request> requests) {
    var answers = new ArrayList<CompletableFuture<?>>(requests.size());
    for (var request : requests) {
      int weight = request.weight();
      inFlight.acquireUninterruptibly(weight);
      CompletableFuture<?> answer;
      try {
        answer = session.executeAsync(request.batch()).toCompletableFuture();
      } catch (RuntimeException e) {
        inFlight.release(weight);
        throw e;
      }
      answers.add(answer.whenComplete((result, failure) -> inFlight.release(weight)));
    }
    @Nullable DriverException failure = null;
    var failed = new ArrayList<Request>();
    for (int i = 0; i < answers.size(); i++) {
      try {
        answers.get(i).join();
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof DriverException cause)) {
          throw e;
        }
        failure = cause;
        failed.add(requests.get(i));
      }
    }
    requests.clear();
    requests.addAll(failed);
    return failure;
  }

  private static ByteBuffer key(BlockId id) {
    return ByteBuffer.wrap(id.toBytes());
  }
}
