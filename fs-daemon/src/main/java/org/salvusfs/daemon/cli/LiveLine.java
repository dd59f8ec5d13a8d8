package org.salvusfs.daemon.cli;

import java.io.PrintStream;

/** One line of a terminal that is written over; silent where there is no terminal. */
final class LiveLine {
  private static final String TO_START_AND_ERASE = "\r\033[K";

  private final PrintStream out;
  private final boolean terminal;
  private String shown = "";

  LiveLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void show(String text) {
    if (terminal && !text.equals(shown)) {
      out.print(TO_START_AND_ERASE + text);
      out.flush();
      shown = text;
    }
  }

  void clear() {
    if (terminal && !shown.isEmpty()) {
      out.print(TO_START_AND_ERASE);
      out.flush();
      shown = "";
    }
  }
}
