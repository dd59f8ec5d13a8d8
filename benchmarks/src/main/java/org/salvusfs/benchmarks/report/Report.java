package org.salvusfs.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Everything that one run of a benchmark found.
 *
 * @param conditions a sentence each: when, on what, how often
 * @param labels the subjects; ratios are to the first
 */
public record Report(List<String> conditions, List<String> labels, List<Row> rows) {
  public Report {
    conditions = List.copyOf(conditions);
    labels = List.copyOf(labels);
    rows = List.copyOf(rows);
    for (Row row : rows) {
      if (row.samples().size() != labels.size()) {
        throw new IllegalArgumentException(
            row.name() + " has " + row.samples().size() + " samples for " + labels);
      }
    }
  }

  /** One line for each failed run: workload, subject, why. */
  public List<String> failures() {
    var lines = new ArrayList<String>();
    for (Row row : rows) {
      for (int i = 0; i < labels.size(); i++) {
        for (String why : row.samples().get(i).failures()) {
          lines.add(row.name() + " on " + labels.get(i) + ": " + why);
        }
      }
    }
    return lines;
  }

  static String ratioText(double ratio) {
    return Double.isNaN(ratio) ? "–" : String.format(Locale.ROOT, "%.2f", ratio);
  }
}
