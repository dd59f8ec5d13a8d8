package org.salvusfs.metadata.check;

import java.util.ArrayList;
import java.util.List;

/** Collects findings up to a number, and counts the rest. */
final class Findings {
  private final int max;
  private final List<Finding> listed = new ArrayList<>();
  private long unlisted;

  Findings(int max) {
    this.max = max;
  }

  void add(Finding finding) {
    if (listed.size() < max) {
      listed.add(finding);
    } else {
      unlisted++;
    }
  }

  List<Finding> listed() {
    return listed;
  }

  long unlisted() {
    return unlisted;
  }
}
