package org.salvusfs.metadata.log;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.IntentLog;

/** Puts records together from their parts, which come in the order of epoch and position. */
final class PartAssembly {
  private final List<IntentLog.Entry> entries = new ArrayList<>();
  private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
  private @Nullable LogPart previous;

  /** The records that are complete so far. */
  List<IntentLog.Entry> entries() {
    return List.copyOf(entries);
  }

  void add(LogPart part) {
    if (part.index() == 0) {
      payload.reset();
    } else if (previous == null || !continues(previous, part)) {
      previous = null;
      return;
    }
    payload.writeBytes(part.payload());
    previous = part;
    if (part.index() == part.count() - 1) {
      entries.add(new IntentLog.Entry(part.txg(), payload.toByteArray()));
    }
  }

  private static boolean continues(LogPart previous, LogPart part) {
    return part.epoch() == previous.epoch()
        && part.seq() == previous.seq() + 1
        && part.txg() == previous.txg()
        && part.count() == previous.count()
        && part.index() == previous.index() + 1;
  }
}
