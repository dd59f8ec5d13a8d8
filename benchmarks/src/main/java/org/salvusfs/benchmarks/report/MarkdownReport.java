package org.salvusfs.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.salvusfs.daemon.management.DaemonException;

/** A report as a Markdown table, put between two marks of a document. */
public final class MarkdownReport {
  private MarkdownReport() {}

  /** Conditions and table; each row's fastest figure is bold, ratios stand in brackets. */
  public static String of(Report report) {
    var text = new StringBuilder();
    report.conditions().forEach(condition -> text.append(condition).append('\n'));
    text.append("\n| workload | unit |");
    report.labels().forEach(label -> text.append(' ').append(label).append(" |"));
    text.append("\n|---|---|").append("---:|".repeat(report.labels().size())).append('\n');
    report.rows().forEach(row -> append(text, row));
    report.failures().forEach(failure -> text.append("\nFailed: ").append(failure).append('\n'));
    return text.toString();
  }

  private static void append(StringBuilder text, Row row) {
    text.append("| ").append(row.name()).append(" | ").append(row.measure().unit()).append(" |");
    for (int i = 0; i < row.samples().size(); i++) {
      String figure = row.text(i);
      text.append(' ').append(i == row.fastest() ? "**" + figure + "**" : figure);
      if (i > 0) {
        text.append(" (").append(Report.ratioText(row.ratio(i))).append(')');
      }
      text.append(" |");
    }
    text.append('\n');
  }

  /**
   * Replaces what stands between the lines {@code <!-- begin NAME -->} and {@code <!-- end NAME
   * -->} of a document.
   *
   * @throws DaemonException.Obstructed if the document cannot be read or has no such lines
   */
  public static void update(Path document, String name, Report report)
      throws DaemonException, IOException {
    String begin = "<!-- begin " + name + " -->\n";
    String end = "<!-- end " + name + " -->\n";
    requireReadable(document);
    String old = Files.readString(document);
    int from = old.indexOf(begin);
    int to = old.indexOf(end, Math.max(from, 0));
    if (from < 0 || to < 0) {
      throw new DaemonException.Obstructed(
          document + " has no lines '" + begin.strip() + "' and '" + end.strip() + "'");
    }
    Files.writeString(
        document, old.substring(0, from + begin.length()) + of(report) + old.substring(to));
  }

  private static void requireReadable(Path document) throws DaemonException {
    if (!Files.isReadable(document) || !Files.isWritable(document)) {
      throw new DaemonException.Obstructed(document + " is not a file that can be updated");
    }
  }
}
