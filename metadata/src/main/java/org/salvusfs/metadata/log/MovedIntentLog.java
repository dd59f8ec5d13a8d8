package org.salvusfs.metadata.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Txgs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The intent log of one opening whose project may have had the other home before: records are
 * appended to one home only, and come back from both.
 *
 * <p>A log moves when its project is opened: what lies in the former home is replayed and
 * committed, and then retired there, before anything is appended. So of the records that are not
 * committed all are in one home, unless a host could not see what another had logged on its own
 * disk and took the project over without it. Then, as in one home alone ({@link Inheritance}), what
 * the later epoch logged counts, and the rest is lost with the host that had it.
 */
public final class MovedIntentLog implements IntentLog {
  private static final Logger log = LoggerFactory.getLogger(MovedIntentLog.class);

  private final IntentLog home;
  private final IntentLog former;

  /** Guards the former home's end; held through I/O, and taken before any lock of a home. */
  private final ReentrantLock ending = new ReentrantLock();

  private boolean formerIsEmpty;

  /**
   * The log of one opening. Does no I/O.
   *
   * @param home where records go
   * @param former the other home of the same opening
   */
  public MovedIntentLog(IntentLog home, IntentLog former) {
    this.home = home;
    this.former = former;
  }

  @Override
  public void append(long txg, byte[] payload) throws MetadataException {
    home.append(txg, payload);
  }

  /** {@inheritDoc} The former home is asked once: nothing comes to it any more. */
  @Override
  public void retire(long committedTxg) throws MetadataException {
    home.retire(committedTxg);
    ending.lock();
    try {
      if (!formerIsEmpty) {
        former.retire(committedTxg);
        formerIsEmpty = true;
      }
    } finally {
      ending.unlock();
    }
  }

  @Override
  public List<Entry> recover(long committedTxg) throws MetadataException {
    List<Entry> earlier = former.recover(committedTxg);
    List<Entry> later = home.recover(committedTxg);
    if (earlier.isEmpty() || later.isEmpty()) {
      return earlier.isEmpty() ? later : earlier;
    }
    boolean isHomeLater = latestEpoch(later) >= latestEpoch(earlier);
    log.warn(
        "both homes of an intent log have records: {} of an earlier opening are not replayed",
        isHomeLater ? earlier.size() : later.size());
    return isHomeLater ? later : earlier;
  }

  private static long latestEpoch(List<Entry> entries) {
    return entries.stream().mapToLong(entry -> Txgs.epoch(entry.txg())).max().orElse(0);
  }

  @Override
  public List<Entry> peek(long committedTxg) throws MetadataException {
    var entries = new ArrayList<>(former.peek(committedTxg));
    entries.addAll(home.peek(committedTxg));
    return entries;
  }

  @Override
  public void close() throws MetadataException {
    try {
      former.close();
    } finally {
      home.close();
    }
  }
}
