package org.salvusfs.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.cli.Table;

/** A report for a terminal. */
public final class TextReport {
  private TextReport() {}

  /** Conditions, table and failures, without a newline at the end. */
  public static String of(Report report) {
    var lines = new ArrayList<>(report.conditions());
    lines.add(
        "Medians; ratio: how many times as long (as large) as " + report.labels().getFirst() + ".");
    lines.add("");
    lines.add(table(report));
    report.failures().forEach(failure -> lines.add("failed: " + failure));
    return String.join("\n", lines);
  }

  private static String table(Report report) {
    List<String> labels = report.labels();
    var titles = new ArrayList<String>(List.of("workload", "unit"));
    for (int i = 0; i < labels.size(); i++) {
      titles.add(">" + labels.get(i));
      if (i > 0) {
        titles.add(">ratio");
      }
    }
    var table = new Table(titles.toArray(String[]::new));
    for (Row row : report.rows()) {
      var cells = new ArrayList<String>(List.of(row.name(), row.measure().unit()));
      for (int i = 0; i < labels.size(); i++) {
        cells.add(row.text(i));
        if (i > 0) {
          cells.add(Report.ratioText(row.ratio(i)));
        }
      }
      table.row(cells.toArray(String[]::new));
    }
    return table.text();
  }
}
