package org.salvusfs.daemon.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.ReceivedItem;

/**
 * What a stream says of itself before anything else.
 *
 * @param project name of the project that it comes from
 * @param snapshot that it brings
 * @param comment of that snapshot
 * @param since the snapshot whose receiver it can move forward; empty: it brings everything
 */
public record StreamHeader(
    String project,
    Durability durability,
    Compression compression,
    Named snapshot,
    String comment,
    Optional<Named> since) {
  /** A snapshot and its name. */
  public record Named(ReceivedItem.State state, String name) {
    static Named of(Snapshot snapshot) {
      return new Named(
          new ReceivedItem.State(snapshot.project(), snapshot.created(), snapshot.root()),
          snapshot.name());
    }
  }

  /** That of the stream between two snapshots of a project. */
  public static StreamHeader of(Project project, Snapshot snapshot, Optional<Snapshot> since) {
    return new StreamHeader(
        project.name(),
        project.durability(),
        project.compression(),
        Named.of(snapshot),
        snapshot.comment(),
        since.map(Named::of));
  }

  void write(DataOutputStream out) throws IOException {
    write(project, out);
    out.writeByte(
        switch (durability) {
          case HOST -> 0;
          case QUORUM -> 1;
        });
    out.writeByte(
        switch (compression) {
          case LZ4 -> 0;
          case ZSTD -> 1;
        });
    write(snapshot, out);
    write(comment, out);
    out.writeByte(since.isPresent() ? 1 : 0);
    if (since.isPresent()) {
      write(since.get(), out);
    }
  }

  private static void write(Named named, DataOutputStream out) throws IOException {
    UUID id = named.state().project().uuid();
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
    out.writeLong(named.state().created().toEpochMilli());
    out.write(named.state().root().toBytes());
    write(named.name(), out);
  }

  private static void write(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws java.nio.BufferUnderflowException if it ends too early
   * @throws StreamException if it cannot be that
   */
  static StreamHeader read(ByteBuffer in) throws StreamException {
    String project = readText(in);
    Durability durability = in.get() == 0 ? Durability.HOST : Durability.QUORUM;
    Compression compression = in.get() == 0 ? Compression.LZ4 : Compression.ZSTD;
    Named snapshot = readNamed(in);
    String comment = readText(in);
    Optional<Named> since = in.get() == 0 ? Optional.empty() : Optional.of(readNamed(in));
    return new StreamHeader(project, durability, compression, snapshot, comment, since);
  }

  private static Named readNamed(ByteBuffer in) throws StreamException {
    var project = new ProjectId(new UUID(in.getLong(), in.getLong()));
    Instant created = Instant.ofEpochMilli(in.getLong());
    var state = new ReceivedItem.State(project, created, BlockId.read(in));
    String name = readText(in);
    if (!Snapshot.isValidName(name)) {
      throw StreamException.damaged("its snapshot has an impossible name");
    }
    return new Named(state, name);
  }

  private static String readText(ByteBuffer in) throws StreamException {
    int count = in.getInt();
    if (count < 0 || count > in.remaining()) {
      throw StreamException.damaged("a text in it has an impossible length");
    }
    byte[] bytes = new byte[count];
    in.get(bytes);
    return new String(bytes, UTF_8);
  }
}
