package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.daemon.management.TargetName;

/**
 * Where a {@link Target} keeps what it has: a few small objects by name, and packs. It says nothing
 * of what the objects mean. Failures are {@link IOException}s with a clause for the operator; what
 * was there before is unharmed. Of one thread.
 */
public interface Depot extends AutoCloseable {
  /**
   * The depot that people mean. Nothing is opened or made yet.
   *
   * @param local a directory of this installation, for what a bucket needs on this machine
   * @param writer who this is to other installations that may write there; one line
   */
  static Depot of(TargetName name, Path local, String writer) throws IOException {
    return switch (name) {
      case TargetName.Directory directory -> new DirectoryDepot(directory.path());
      case TargetName.Bucket bucket -> BucketDepot.open(bucket, local, writer);
    };
  }

  /** As people name it. */
  String name();

  /** Where an object, or {@code packs/NAME}, lies; for messages. */
  String where(String object);

  /**
   * Names of all that is at the top, other people's things too, in order; nothing if it is not
   * there. What is not an object, such as {@code packs}, is listed as well.
   */
  List<String> list() throws IOException;

  /**
   * The contents of an object.
   *
   * @throws NoSuchFileException if there is none
   */
  byte[] get(String object) throws IOException;

  /** Makes or replaces an object, whole or not at all; durable on return. */
  void put(String object, byte[] contents) throws IOException;

  /** The same, for its owner's eyes only as far as the place knows owners. */
  void putSecret(String object, String text) throws IOException;

  /** Deletes an object if it is there; durable on return. */
  void delete(String object) throws IOException;

  /** Lengths in bytes of all packs that are there for good, by name. */
  Map<String, Long> packs() throws IOException;

  /**
   * Makes the depot if need be, and makes sure that no other installation writes to it from now on
   * until the claim is closed.
   */
  Claim claim() throws IOException;

  /**
   * Opens the packs. A block that is there has everything there that was put and synced before it.
   * When the store is closed without an exception, all that was put is there.
   */
  ChunkStore openPacks() throws IOException;

  /** Gives up what the depot holds on this machine. */
  @Override
  void close();

  /** That nobody else writes. */
  interface Claim extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
