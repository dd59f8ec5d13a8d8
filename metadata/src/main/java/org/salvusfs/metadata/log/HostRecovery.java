package org.salvusfs.metadata.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a chain of log files. The tail of an append that a crash cut off ends an epoch's records;
 * anything else that does not check ends the whole chain, because what follows may rest on it.
 */
final class HostRecovery {
  private static final Logger log = LoggerFactory.getLogger(HostRecovery.class);

  private final HostLogDirectory directory;
  private final RecordSeal seal;
  private final UUID host;

  HostRecovery(HostLogDirectory directory, RecordSeal seal, UUID host) {
    this.directory = directory;
    this.seal = seal;
    this.host = host;
  }

  /**
   * What a chain holds.
   *
   * @param entries above the committed group, in the order of their appending
   * @param read files of which nothing is missing
   * @param damaged files of which something was not read
   */
  record Recovered(
      List<IntentLog.Entry> entries, List<LogFileName> read, List<LogFileName> damaged) {}

  /** Whether the file has a header and nothing else: its first append never returned. */
  boolean isEmpty(LogFileName name) throws IOException {
    LogFileReader.Found file = LogFileReader.read(directory, name, host);
    return file.records().isEmpty() && !file.damaged();
  }

  /** The records of one file up to the first that a recovery would stop at. */
  List<IntentLog.Entry> intact(LogFileName name, long committedTxg) throws IOException {
    var entries = new ArrayList<IntentLog.Entry>();
    for (LogRecord record : LogFileReader.read(directory, name, host).records()) {
      if (record.txg() > committedTxg) {
        try {
          entries.add(open(name, record));
        } catch (MetadataException.Corrupt e) {
          log.error("{}: record {}: {}", name, record.seq(), e.getMessage());
          break;
        }
      }
    }
    return entries;
  }

  Recovered read(List<LogFileName> chain, long committedTxg) throws IOException {
    var files = new ArrayList<LogFileReader.Found>();
    for (LogFileName name : chain) {
      files.add(LogFileReader.read(directory, name, host));
    }
    var entries = new ArrayList<IntentLog.Entry>();
    int intact = 0;
    while (intact < files.size() && replay(files, intact, committedTxg, entries)) {
      intact++;
    }
    return new Recovered(entries, chain.subList(0, intact), chain.subList(intact, chain.size()));
  }

  /** Appends one file's entries; false if something in the file is missing or wrong. */
  private boolean replay(
      List<LogFileReader.Found> files, int index, long committedTxg, List<IntentLog.Entry> entries)
      throws MetadataException {
    LogFileReader.Found file = files.get(index);
    long end = file.firstSeq() + file.records().size();
    long acknowledgedEnd = acknowledgedEnd(files, index, end);
    for (LogRecord record : file.records()) {
      if (record.seq() >= acknowledgedEnd) {
        break;
      }
      if (record.txg() > committedTxg) {
        try {
          entries.add(open(file.name(), record));
        } catch (MetadataException.Corrupt e) {
          log.error("{}: record {}: {}", file.name(), record.seq(), e.getMessage());
          return false;
        }
      }
    }
    if (file.damaged() || end < acknowledgedEnd) {
      log.error(
          "log file {} is damaged {}: what follows is not replayed",
          file.name(),
          file.firstSeq() < 0 ? "in its header" : "behind its record " + (end - 1));
      return false;
    }
    return true;
  }

  /**
   * The position behind the last acknowledged record of a file, as far as the next file says so: a
   * record whose append failed may be in the first file, and in its place is another in the next.
   */
  private static long acknowledgedEnd(List<LogFileReader.Found> files, int index, long end) {
    if (index + 1 == files.size()) {
      return end;
    }
    LogFileReader.Found next = files.get(index + 1);
    return files.get(index).name().isFollowedBy(next.name()) && next.firstSeq() >= 0
        ? next.firstSeq()
        : end;
  }

  private IntentLog.Entry open(LogFileName name, LogRecord record) throws MetadataException {
    LogPart part = seal.open(record.sealed());
    if (part.epoch() != name.epoch()
        || part.seq() != record.seq()
        || part.txg() != record.txg()
        || part.count() != 1) {
      throw new MetadataException.Corrupt("it is of another place: epoch " + part.epoch());
    }
    return new IntentLog.Entry(part.txg(), part.payload());
  }
}
