package org.salvusfs.daemon.transfer;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.salvusfs.daemon.posix.LocalFileException;
import org.salvusfs.daemon.posix.LocalFiles;
import org.salvusfs.daemon.posix.LocalStat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what there is to import, ahead of the import, so that the time left can be told. */
final class Census {
  private static final Logger log = LoggerFactory.getLogger(Census.class);

  private final Tally tally;
  private final BooleanSupplier ended;

  /**
   * @param ended whether nobody needs the count any more
   */
  Census(Tally tally, BooleanSupplier ended) {
    this.tally = tally;
    this.ended = ended;
  }

  void count(byte[] directory) {
    var directories = new ArrayDeque<byte[]>();
    directories.add(directory);
    while (!directories.isEmpty()) {
      byte[] next = directories.removeLast();
      try {
        for (byte[] name : LocalFiles.list(next)) {
          if (ended.getAsBoolean()) {
            return;
          }
          byte[] path = Paths.resolve(next, name);
          LocalStat stat = LocalFiles.stat(path);
          tally.expect(Tally.ENTRY_WORK + (stat.isRegular() ? stat.sizeBytes() : 0), false);
          if (stat.isDirectory()) {
            directories.add(path);
          }
        }
      } catch (LocalFileException e) {
        log.debug("not counted, and left for the import to find out: {}", e.getMessage());
      }
    }
    tally.expect(0, true);
  }
}
