package org.salvusfs.daemon.databases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The numbers 0, 1, 2, … that one client prints as each is committed, over many lives. The last
 * line of a life may be cut off by its end.
 */
record Acknowledgements(Path file) {
  /** How many commits are known to be acknowledged: one more than the last number. */
  long count() throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    String text = Files.readString(file);
    List<String> whole = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    return whole.isEmpty() ? 0 : Long.parseLong(whole.getLast()) + 1;
  }

  /**
   * Checks what a client finds after a crash: all that was acknowledged, and at most one more,
   * whose acknowledgement was under way.
   *
   * @return what is there, which counts as acknowledged from now on
   */
  long verify(String client, long found) throws IOException {
    long acknowledged = count();
    if (found < acknowledged || found > acknowledged + 1) {
      throw new AssertionError(
          client + ": " + acknowledged + " commits were acknowledged, " + found + " are there");
    }
    Files.writeString(file, found == 0 ? "" : (found - 1) + "\n");
    return found;
  }
}
