package org.salvusfs.metadata.api;

import java.io.IOException;
import java.io.Serial;
import org.salvusfs.blockstore.api.BlockStoreException;

/** Metadata could not be read or changed. The message names the thing and what to do. */
public abstract sealed class MetadataException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private MetadataException(String message) {
    super(message);
  }

  private MetadataException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What it means for metadata that a block cannot be opened: damage, or a project that is no more,
   * because its key is destroyed, or a key that cannot be fetched now.
   *
   * @param what the node or record
   */
  public static MetadataException unopened(String what, BlockStoreException e) {
    return switch (e) {
      case BlockStoreException.Corrupt _ ->
          new Corrupt(what + " is damaged: " + e.getMessage() + "; restore or repair it", e);
      case BlockStoreException.Shredded _ -> new Missing(what + ": " + e.getMessage());
      case BlockStoreException.Full _,
          BlockStoreException.Missing _,
          BlockStoreException.Failed _ ->
          new Unavailable(what + " cannot be opened now: " + e.getMessage(), e);
    };
  }

  /** The store did not answer in time; the outcome of what was asked is unknown. Retry. */
  public static final class Unavailable extends MetadataException {
    @Serial private static final long serialVersionUID = 1;

    public Unavailable(String message) {
      super(message);
    }

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Another holder has the project: this epoch can never commit or log anything again. */
  public static final class Fenced extends MetadataException {
    @Serial private static final long serialVersionUID = 1;

    public Fenced(String message) {
      super(message);
    }
  }

  /** A node, item, log record or row is not what was written. */
  public static final class Corrupt extends MetadataException {
    @Serial private static final long serialVersionUID = 1;

    public Corrupt(String message) {
      super(message);
    }

    public Corrupt(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A node that a tree points to is not in the store, or its project's key is destroyed. */
  public static final class Missing extends MetadataException {
    @Serial private static final long serialVersionUID = 1;

    public Missing(String message) {
      super(message);
    }
  }

  /** The local disk under the intent log failed or is full. */
  public static final class LogFailed extends MetadataException {
    @Serial private static final long serialVersionUID = 1;

    public LogFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
