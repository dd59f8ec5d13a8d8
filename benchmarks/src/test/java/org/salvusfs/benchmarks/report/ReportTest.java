package org.salvusfs.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.DaemonException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

final class ReportTest {
  private final Report report = Reports.example();

  @Test
  void row_ratioIsToTheFirstSubject() {
    Row write = report.rows().getFirst();
    assertEquals(List.of(1.0, 2.0, 0.25), List.of(write.ratio(0), write.ratio(1), write.ratio(2)));
    assertEquals(2, write.fastest());
  }

  @Test
  void row_fastestIsNeverOneThatFailed() {
    assertEquals(0, report.rows().get(1).fastest());
  }

  @Test
  void report_withSamplesMissing_isRefused() {
    List<Row> rows = report.rows();
    assertThrows(
        IllegalArgumentException.class, () -> new Report(List.of(), List.of("only one"), rows));
  }

  @Test
  void text_hasFiguresRatiosAndFailures() {
    String[] lines = TextReport.of(report).split("\n", -1);
    assertEquals("A machine; 1 run.", lines[0]);
    assertEquals("workload  unit     a    b<  ratio       c  ratio", lines[3]);
    assertEquals("write     MB/s   100  50.0   2.00     400   0.25", lines[4]);
    assertEquals("untar     s     2.00  8.00   4.00  failed      –", lines[5]);
    assertEquals("stat      µs    4.00  5.00   1.25    6.00   1.50", lines[6]);
    assertEquals("failed: untar on c: no space", lines[7]);
  }

  @Test
  void json_hasEveryRunAndNullForWhatFailed() throws Exception {
    var json = new ObjectMapper().readTree(JsonReport.of(report));
    var untar = json.path("workloads").path(1).path("figures");
    assertEquals(8.0, untar.path(1).path("seconds").path(0).asDouble());
    assertEquals(4.0, untar.path(1).path("ratio").asDouble());
    assertTrue(untar.path(2).path("median").isNull());
    assertEquals("no space", untar.path(2).path("failures").path(0).asText());
  }

  @Test
  void markdown_replacesWhatStandsBetweenItsMarks(@TempDir Path directory) throws Exception {
    Path document = directory.resolve("d.md");
    Files.writeString(
        document, "before\n<!-- begin x -->\nold\n<!-- end x -->\nafter\n<!-- end x -->\n");
    MarkdownReport.update(document, "x", report);
    MarkdownReport.update(document, "x", report);
    assertEquals(
        """
        before
        <!-- begin x -->
        A machine; 1 run.

        | workload | unit | a | b< | c |
        |---|---|---:|---:|---:|
        | write | MB/s | 100 | 50.0 (2.00) | **400** (0.25) |
        | untar | s | **2.00** | 8.00 (4.00) | failed (–) |
        | stat | µs | **4.00** | 5.00 (1.25) | 6.00 (1.50) |

        Failed: untar on c: no space
        <!-- end x -->
        after
        <!-- end x -->
        """,
        Files.readString(document));
  }

  @Test
  void markdown_documentWithoutMarks_isLeftAlone(@TempDir Path directory) throws Exception {
    Path document = Files.writeString(directory.resolve("d.md"), "<!-- begin x -->\n");
    var e =
        assertThrows(
            DaemonException.Obstructed.class, () -> MarkdownReport.update(document, "x", report));
    assertEquals(
        document + " has no lines '<!-- begin x -->' and '<!-- end x -->'", e.getMessage());
    assertEquals("<!-- begin x -->\n", Files.readString(document));
  }

  @Test
  void svg_isXmlWithABarForEachRatio() throws Exception {
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(SvgReport.of(report))));
    var rectangles = svg.getElementsByTagName("rect");
    // Each of the two compared subjects has a colour: one patch in the legend, and its bars.
    assertEquals(4, count(rectangles, "#7a7a7a"));
    assertEquals(3, count(rectangles, "#c0692b"));
    assertTrue(svg.getDocumentElement().getTextContent().contains("failed"));
  }

  private static int count(org.w3c.dom.NodeList elements, String colour) {
    int count = 0;
    for (int i = 0; i < elements.getLength(); i++) {
      if (elements.item(i) instanceof Element e && e.getAttribute("fill").equals(colour)) {
        count++;
      }
    }
    return count;
  }
}
