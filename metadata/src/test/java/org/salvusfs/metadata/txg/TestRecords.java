package org.salvusfs.metadata.txg;

import java.util.List;

/** Log records for tests of other rooms. */
public final class TestRecords {
  private TestRecords() {}

  /** A record that holds one capture and nothing else. */
  public static byte[] captured(long txg, long inode, byte[] payload) {
    var capture = new Contents.Capture(txg, inode, payload, () -> {});
    return RecordCodec.encode(List.of(), List.of(capture));
  }
}
