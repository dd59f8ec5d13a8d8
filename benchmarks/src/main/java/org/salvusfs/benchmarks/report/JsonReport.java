package org.salvusfs.benchmarks.report;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Json;

/** A report for programs: every single run, and what is made of it. */
public final class JsonReport {
  private record Document(List<String> conditions, List<String> subjects, List<Line> workloads) {}

  private record Line(String name, String unit, List<Figure> figures) {}

  /** Figure and ratio are null if every run failed. */
  private record Figure(
      String subject,
      @Nullable Double median,
      @Nullable Double ratio,
      List<Double> seconds,
      List<String> failures) {}

  private JsonReport() {}

  /** Indented JSON. */
  public static String of(Report report) {
    return Json.pretty(
        new Document(
            report.conditions(),
            report.labels(),
            report.rows().stream().map(row -> line(report, row)).toList()));
  }

  private static Line line(Report report, Row row) {
    return new Line(
        row.name(),
        row.measure().unit(),
        IntStream.range(0, report.labels().size()).mapToObj(i -> figure(report, row, i)).toList());
  }

  private static Figure figure(Report report, Row row, int subject) {
    Samples samples = row.samples().get(subject);
    return new Figure(
        report.labels().get(subject),
        number(row.measure().value(samples.median())),
        number(row.ratio(subject)),
        samples.seconds(),
        samples.failures());
  }

  private static @Nullable Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
