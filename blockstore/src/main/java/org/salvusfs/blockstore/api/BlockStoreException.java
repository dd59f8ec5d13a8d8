package org.salvusfs.blockstore.api;

import java.io.IOException;
import java.io.Serial;
import java.util.UUID;

/** A block could not be stored or read. The message names the block or file and what to do. */
public abstract sealed class BlockStoreException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private BlockStoreException(String message) {
    super(message);
  }

  private BlockStoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What was read is not what was written: a wrong checksum, tag, magic or id. */
  public static final class Corrupt extends BlockStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Corrupt(String message) {
      super(message);
    }

    public Corrupt(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The block is sealed under a project's own key, and that is destroyed: nobody can read it. */
  public static final class Shredded extends BlockStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Shredded(UUID project) {
      super("the key of project %s is destroyed".formatted(project));
    }
  }

  /** No store that was asked has the block. */
  public static final class Missing extends BlockStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Missing(String message) {
      super(message);
    }
  }

  /** The disk is full; nothing was stored, and nothing stored earlier is harmed. */
  public static final class Full extends BlockStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Full(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The disk or the index failed; what was not yet synced may be lost. */
  public static final class Failed extends BlockStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Failed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
