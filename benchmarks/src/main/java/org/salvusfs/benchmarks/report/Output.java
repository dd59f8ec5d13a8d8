package org.salvusfs.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options of a benchmark that say how its report is shown. */
public final class Output {
  @Option(names = "--json", description = "print JSON instead of a table")
  private boolean json;

  @Option(names = "--svg", paramLabel = "FILE", description = "also write a chart")
  private @Nullable Path svg;

  @Option(
      names = "--update",
      paramLabel = "FILE",
      description = "also put the table into a Markdown document, between its marks")
  private @Nullable Path document;

  /**
   * Shows a report.
   *
   * @param name of the marks in the document
   */
  public void write(CommandLine command, String name, Report report)
      throws DaemonException, IOException {
    command.getOut().println(json ? JsonReport.of(report) : TextReport.of(report));
    if (svg != null) {
      Files.writeString(svg, SvgReport.of(report));
    }
    if (document != null) {
      MarkdownReport.update(document, name, report);
    }
  }
}
