package org.salvusfs.metadata.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Txgs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The intent log beside the packs: one opening's sequence of append-only files.
 *
 * <p>An append is one write and one fdatasync. When either fails, the file is not trusted again:
 * its acknowledged records stay, the append throws {@link MetadataException.LogFailed} (whose cause
 * is {@link org.salvusfs.blockstore.api.BlockStoreException.Full} when space is missing), and the
 * next append begins a new file, whose header says with which position it goes on. Nothing is
 * appended twice: what was acknowledged had been synced before.
 *
 * <p>The log cannot know of another holder: that is the lease's part. {@link #append} never throws
 * {@code Fenced}.
 *
 * @see "docs/formats/intent-log-v1.md"
 */
public final class HostIntentLog implements IntentLog {
  private static final Logger log = LoggerFactory.getLogger(HostIntentLog.class);

  /** A file that is not appended to any more. */
  private record FullFile(LogFileName name, long highestTxg, boolean trusted) {}

  /** Files of earlier openings that were replayed, until that is committed. */
  private record Inherited(long highestTxg, List<LogFileName> read, List<LogFileName> damaged) {}

  private final HostLogDirectory directory;
  private final RecordSeal seal;
  private final Fence fence;

  /** Held through an append; guards the next three. Taken before {@link #listing}. */
  private final ReentrantLock appending = new ReentrantLock();

  private @Nullable LogFileWriter active;
  private long nextNumber;
  private long nextSeq;

  /** Guards what follows; never held through I/O. */
  private final ReentrantLock listing = new ReentrantLock();

  private final Deque<FullFile> full = new ArrayDeque<>();
  private @Nullable Inherited inherited;

  private final List<String> setAside = new ArrayList<>();
  private long retiredTxg;

  /** The log of one opening. Does no I/O. */
  public HostIntentLog(HostLogDirectory directory, BlockCodec codec, Fence fence) {
    this.directory = directory;
    this.seal = new RecordSeal(codec, fence);
    this.fence = fence;
  }

  @Override
  public void append(long txg, byte[] payload) throws MetadataException {
    appending.lock();
    try {
      var part = seal.part(nextSeq, txg, 0, 1, payload);
      var record = new LogRecord(nextSeq, txg, seal.seal(part));
      LogFileWriter file = fileFor(record);
      try {
        file.append(record);
      } catch (IOException e) {
        closeActive(file, false);
        throw e;
      }
      nextSeq++;
    } catch (IOException e) {
      throw HostLogDirectory.failed(
          "record " + nextSeq + " of project " + fence.project() + " could not be logged", e);
    } finally {
      appending.unlock();
    }
  }

  private LogFileWriter fileFor(LogRecord record) throws IOException {
    if (active != null && active.hasRoom(record)) {
      return active;
    }
    if (active != null) {
      closeActive(active, true);
    }
    var name = new LogFileName(fence.project(), fence.epoch(), fence.epoch(), nextNumber);
    var header =
        new LogFileHeader(fence.project(), fence.epoch(), nextNumber, nextSeq, fence.host(), 0);
    LogFileWriter file = directory.begin(name, header);
    nextNumber++;
    active = file;
    return file;
  }

  /**
   * Moves the active file to the full ones. Its records are durable: closing it cannot fail them.
   */
  private void closeActive(LogFileWriter file, boolean trusted) {
    active = null;
    listing.lock();
    try {
      full.add(new FullFile(file.name(), file.highestTxg(), trusted));
    } finally {
      listing.unlock();
    }
    try {
      file.close();
    } catch (IOException e) {
      log.warn("log file {} did not close: {}", file.name(), e.getMessage());
    }
  }

  @Override
  public void retire(long committedTxg) throws MetadataException {
    var recyclable = new ArrayList<LogFileName>();
    var distrusted = new ArrayList<LogFileName>();
    Inherited replayed;
    listing.lock();
    try {
      retiredTxg = Math.max(retiredTxg, committedTxg);
      replayed = inherited != null && inherited.highestTxg() <= committedTxg ? inherited : null;
      inherited = replayed == null ? inherited : null;
      while (!full.isEmpty() && full.element().highestTxg() <= committedTxg) {
        FullFile file = full.remove();
        (file.trusted() ? recyclable : distrusted).add(file.name());
      }
    } finally {
      listing.unlock();
    }
    try {
      if (replayed != null) {
        discard(replayed);
      }
      directory.delete(distrusted);
      directory.recycle(recyclable);
    } catch (IOException e) {
      throw HostLogDirectory.failed(
          "retired log files of project " + fence.project() + " could not be recycled", e);
    }
  }

  @Override
  public List<Entry> recover(long committedTxg) throws MetadataException {
    var recovery = new HostRecovery(directory, seal, fence.host());
    try {
      var inheritance = Inheritance.of(directory.files(fence.project()), Txgs.epoch(committedTxg));
      leaveStale(recovery, inheritance.stale());
      HostRecovery.Recovered recovered = recovery.read(inheritance.chain(), committedTxg);
      long highestTxg =
          recovered.entries().stream().mapToLong(Entry::txg).max().orElse(committedTxg);
      var files = new Inherited(highestTxg, recovered.read(), recovered.damaged());
      if (highestTxg <= committedTxg) {
        discard(files);
      } else {
        inherit(files);
      }
      return recovered.entries();
    } catch (MetadataException e) {
      throw e; // of a key that cannot be fetched: the records stay
    } catch (IOException e) {
      throw HostLogDirectory.failed(
          "the intent log of project " + fence.project() + " could not be recovered", e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Files are renamed and written again when they are retired: what was read counts only if all
   * names are still there afterwards.
   */
  @Override
  public List<Entry> peek(long committedTxg) throws MetadataException {
    var recovery = new HostRecovery(directory, seal, fence.host());
    try {
      List<LogFileName> files = directory.files(fence.project());
      while (true) {
        List<Entry> entries = peek(recovery, files, committedTxg);
        List<LogFileName> now = directory.files(fence.project());
        if (now.containsAll(files)) {
          return entries;
        }
        files = now;
      }
    } catch (MetadataException e) {
      throw e;
    } catch (IOException e) {
      throw HostLogDirectory.failed(
          "the intent log of project " + fence.project() + " could not be read", e);
    }
  }

  private List<Entry> peek(HostRecovery recovery, List<LogFileName> files, long committedTxg)
      throws IOException {
    var entries = new ArrayList<Entry>();
    for (LogFileName name : files) {
      try {
        entries.addAll(recovery.intact(name, committedTxg));
      } catch (NoSuchFileException | FileNotFoundException retired) {
        log.debug("log file {} was retired while it was looked at", name);
      }
    }
    return entries;
  }

  /** Another host wrote the project after these files: their records must not come back. */
  private void leaveStale(HostRecovery recovery, List<LogFileName> stale) throws IOException {
    var empty = new ArrayList<LogFileName>();
    var filled = new ArrayList<LogFileName>();
    for (LogFileName name : stale) {
      (recovery.isEmpty(name) ? empty : filled).add(name);
    }
    directory.recycle(empty);
    keep(filled, "another host took the project over after they were written");
  }

  /** Makes this epoch answer for the files, see {@link Inheritance}. */
  private void inherit(Inherited files) throws IOException {
    var read = new ArrayList<>(files.read());
    var damaged = new ArrayList<>(files.damaged());
    List<LogFileName> holdsOldest = read.isEmpty() ? damaged : read;
    LogFileName oldest = holdsOldest.getFirst();
    LogFileName adopted = oldest.ownedBy(fence.epoch());
    if (!adopted.equals(oldest)) {
      directory.rename(oldest, adopted);
      holdsOldest.set(0, adopted);
    }
    listing.lock();
    try {
      inherited = new Inherited(files.highestTxg(), read, damaged);
    } finally {
      listing.unlock();
    }
  }

  /** Newest first: the oldest file carries the chain's owner. */
  private void discard(Inherited files) throws IOException {
    keep(files.damaged().reversed(), "they are damaged, and not all of them was replayed");
    directory.recycle(files.read().reversed());
  }

  private void keep(List<LogFileName> files, String why) throws IOException {
    if (files.isEmpty()) {
      return;
    }
    List<String> kept = directory.setAside(files);
    log.warn("log files of project {} were set aside as {}: {}", fence.project(), kept, why);
    listing.lock();
    try {
      setAside.addAll(kept);
    } finally {
      listing.unlock();
    }
  }

  /** Names of the files whose records were not replayed, and which are kept for whoever asks. */
  public List<String> setAside() {
    listing.lock();
    try {
      return List.copyOf(setAside);
    } finally {
      listing.unlock();
    }
  }

  /** Leaves nothing behind if every record was retired; otherwise the records stay for recovery. */
  @Override
  public void close() throws MetadataException {
    appending.lock();
    try {
      LogFileWriter file = active;
      if (file == null) {
        return;
      }
      active = null;
      file.close();
      if (isRetired(file)) {
        directory.recycle(List.of(file.name()));
      }
    } catch (IOException e) {
      throw HostLogDirectory.failed(
          "the intent log of project " + fence.project() + " did not close", e);
    } finally {
      appending.unlock();
    }
  }

  private boolean isRetired(LogFileWriter file) {
    listing.lock();
    try {
      return full.isEmpty() && inherited == null && file.highestTxg() <= retiredTxg;
    } finally {
      listing.unlock();
    }
  }
}
