package org.salvusfs.metadata.check;

import java.util.List;
import org.salvusfs.metadata.item.CountersItem;

/**
 * What a check found.
 *
 * @param findings in the order found; empty: all is well
 * @param unlisted how many more there are than {@code findings} may hold
 * @param nodes nodes read
 * @param items items checked
 * @param chunks chunks checked
 * @param counted the counters as they should be
 * @param isComplete whether the whole tree could be read
 */
public record CheckReport(
    List<Finding> findings,
    long unlisted,
    long nodes,
    long items,
    long chunks,
    CountersItem counted,
    boolean isComplete) {
  public CheckReport {
    findings = List.copyOf(findings);
  }
}
