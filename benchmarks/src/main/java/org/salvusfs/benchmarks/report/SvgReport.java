package org.salvusfs.benchmarks.report;

import java.util.List;

/**
 * A report as a chart: one bar for each subject and workload, as long as the logarithm of its ratio
 * to the first subject. Bars to the right took longer than it, bars to the left less long.
 */
public final class SvgReport {
  private static final int LABELS_WIDTH = 150;
  private static final int CHART_WIDTH = 640;
  private static final int FIGURES_WIDTH = 70;
  private static final int HEAD_HEIGHT = 56;
  private static final int BAR_HEIGHT = 9;
  private static final int GAP = 8;
  private static final List<String> COLOURS =
      List.of("#3b6ea8", "#7a7a7a", "#c0692b", "#4f8f4a", "#8a5aa8", "#b8a02e", "#b0405a");

  private final Report report;
  private final double low;
  private final double high;
  private final StringBuilder svg = new StringBuilder();

  private SvgReport(Report report) {
    this.report = report;
    double least = 0.5;
    double most = 2;
    for (Row row : report.rows()) {
      for (int i = 1; i < row.samples().size(); i++) {
        double ratio = row.ratio(i);
        // min and max would hand on the NaN of a failure.
        least = ratio < least ? ratio : least;
        most = ratio > most ? ratio : most;
      }
    }
    low = Math.floor(log2(least));
    high = Math.ceil(log2(most));
  }

  /** The chart as a document. */
  public static String of(Report report) {
    return new SvgReport(report).draw();
  }

  private String draw() {
    int bars = report.labels().size() - 1;
    int rowHeight = Math.max(bars, 1) * BAR_HEIGHT + GAP;
    int height = HEAD_HEIGHT + report.rows().size() * rowHeight + GAP;
    line(
        "<svg xmlns='http://www.w3.org/2000/svg' width='%s' height='%s' font-family='sans-serif' font-size='11'>"
            .formatted(LABELS_WIDTH + CHART_WIDTH + FIGURES_WIDTH, height));
    line("<rect width='100%' height='100%' fill='white'/>");
    text(GAP, 16, "start", "Time relative to " + report.labels().getFirst() + " (logarithmic)");
    legend();
    grid(height);
    int top = HEAD_HEIGHT;
    for (Row row : report.rows()) {
      text(LABELS_WIDTH - GAP, top + (rowHeight - GAP) / 2.0 + 4, "end", row.name());
      for (int i = 1; i <= bars; i++) {
        bar(top + (i - 1) * BAR_HEIGHT, i, row.ratio(i));
      }
      top += rowHeight;
    }
    line("</svg>");
    return svg.toString();
  }

  private void legend() {
    double x = LABELS_WIDTH;
    for (int i = 1; i < report.labels().size(); i++) {
      rectangle(x, 24, 10, 10, colour(i));
      text(x + 14, 33, "start", report.labels().get(i));
      x += 28 + 7.0 * report.labels().get(i).length();
    }
  }

  private void grid(int height) {
    for (int power = (int) low; power <= high; power++) {
      double x = x(Math.pow(2, power));
      rectangle(x, HEAD_HEIGHT - 6, 1, height, power == 0 ? "#000" : "#ddd");
      String value = power < 0 ? "1/" + (1 << -power) : Integer.toString(1 << power);
      text(x, HEAD_HEIGHT - 9, "middle", value);
    }
  }

  private void bar(double y, int subject, double ratio) {
    if (Double.isNaN(ratio)) {
      text(x(1) + 3, y + BAR_HEIGHT - 1, "start", "failed");
      return;
    }
    double from = Math.min(x(1), x(ratio));
    double to = Math.max(x(1), x(ratio));
    rectangle(from, y, Math.max(to - from, 1), BAR_HEIGHT - 1, colour(subject));
    text(to + 3, y + BAR_HEIGHT - 1, "start", Report.ratioText(ratio));
  }

  private double x(double ratio) {
    return LABELS_WIDTH + (log2(ratio) - low) / (high - low) * CHART_WIDTH;
  }

  private static String colour(int subject) {
    return COLOURS.get(subject % COLOURS.size());
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  private void rectangle(double x, double y, double width, double height, String colour) {
    line(
        "<rect x='%s' y='%s' width='%s' height='%s' fill='%s'/>"
            .formatted(number(x), number(y), number(width), number(height), colour));
  }

  private void text(double x, double y, String anchor, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    line(
        "<text x='%s' y='%s' text-anchor='%s'>%s</text>"
            .formatted(number(x), number(y), anchor, escaped));
  }

  private void line(String element) {
    svg.append(element).append('\n');
  }

  /** Tenths are as fine as anybody can see. */
  private static double number(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
