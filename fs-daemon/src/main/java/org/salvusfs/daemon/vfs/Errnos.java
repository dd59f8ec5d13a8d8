package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.MetadataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where failures of the stores become errnos. Each is logged with the operation, the
 * inode and the failure's own words, which name the block; of one errno at most {@value #LINES} in
 * {@value #PERIOD_SECONDS} seconds, with a count of those left out. Thread-safe.
 */
final class Errnos {
  private static final Logger LOG = LoggerFactory.getLogger(Errnos.class);
  private static final int LINES = 20;
  private static final long PERIOD_SECONDS = 10;
  private static final long PERIOD_NANOS = PERIOD_SECONDS * 1_000_000_000L;

  /** Lines of one errno since a period began. */
  private static final class Budget {
    long periodStart;
    int lines;
    long leftOut;
  }

  private final String subject;
  private final LongSupplier nanoClock;

  /** Guards itself. */
  private final Map<Errno, Budget> budgets = new EnumMap<>(Errno.class);

  /**
   * @param subject what the lines are about, such as a project with its id
   * @param nanoClock monotonic
   */
  Errnos(String subject, LongSupplier nanoClock) {
    this.subject = subject;
    this.nanoClock = nanoClock;
  }

  /** Logs the failure of an operation on an inode and says what the caller gets. */
  FsException of(String operation, long inode, IOException failure) {
    return of(what(operation, inode), failure);
  }

  /** Logs the failure and says what the caller gets. */
  FsException of(String what, IOException failure) {
    Errno errno = errno(failure);
    if (errno != Errno.ESTALE) {
      report(errno, what, failure);
    }
    return new FsException(errno, String.valueOf(failure.getMessage()));
  }

  /** Logs a failure that no caller is told of. */
  void note(String operation, long inode, IOException failure) {
    report(errno(failure), what(operation, inode), failure);
  }

  private static String what(String operation, long inode) {
    return operation + " of inode " + inode;
  }

  static Errno errno(IOException failure) {
    return switch (failure) {
      case BlockStoreException block ->
          switch (block) {
            case BlockStoreException.Full _ -> Errno.ENOSPC;
            case BlockStoreException.Corrupt _ -> Errno.EIO;
            case BlockStoreException.Shredded _ -> Errno.EIO;
            case BlockStoreException.Missing _ -> Errno.EIO;
            case BlockStoreException.Failed _ -> Errno.EIO;
          };
      case MetadataException metadata ->
          switch (metadata) {
            case MetadataException.LogFailed log ->
                log.getCause() instanceof BlockStoreException.Full ? Errno.ENOSPC : Errno.EIO;
            case MetadataException.Unavailable _ -> Errno.EIO;
            case MetadataException.Fenced _ -> Errno.EIO;
            case MetadataException.Corrupt _ -> Errno.EIO;
            case MetadataException.Missing _ -> Errno.EIO;
          };
      case EndedException _ -> Errno.ESTALE;
      default -> Errno.EIO;
    };
  }

  private void report(Errno errno, String what, IOException failure) {
    long leftOut;
    synchronized (budgets) {
      Budget budget = budgets.computeIfAbsent(errno, key -> new Budget());
      long now = nanoClock.getAsLong();
      if (budget.lines == 0 || now - budget.periodStart >= PERIOD_NANOS) {
        budget.periodStart = now;
        budget.lines = 0;
      }
      if (budget.lines == LINES) {
        budget.leftOut++;
        return;
      }
      budget.lines++;
      leftOut = budget.leftOut;
      budget.leftOut = 0;
    }
    if (leftOut > 0) {
      LOG.warn("{} lines like the next one were left out", leftOut);
    }
    LOG.error("{}: {}: {} failed: {}", subject, errno, what, String.valueOf(failure.getMessage()));
  }
}
