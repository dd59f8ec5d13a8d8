package org.salvusfs.daemon.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;

/**
 * Sums up the reports that Surefire left in a source tree.
 *
 * @param failed failures and errors
 * @param failures the names of the failed tests
 */
record TestReport(int passed, int failed, int skipped, List<String> failures) {
  private static final String REPORTS = "glob:**/target/surefire-reports/TEST-*.xml";
  private static final int DEPTH_MAX = 6;

  /** Deletes the reports of earlier runs. */
  static void clear(Path root) throws IOException {
    for (var file : files(root)) {
      Files.delete(file);
    }
  }

  /** Reads all reports below {@code root}. */
  static TestReport read(Path root) throws IOException {
    int tests = 0;
    int skipped = 0;
    var failures = new ArrayList<String>();
    for (var file : files(root)) {
      var suite = suite(file);
      tests += suite.passed() + suite.failed() + suite.skipped();
      skipped += suite.skipped();
      failures.addAll(suite.failures());
    }
    return new TestReport(tests - skipped - failures.size(), failures.size(), skipped, failures);
  }

  private static List<Path> files(Path root) throws IOException {
    var matcher = FileSystems.getDefault().getPathMatcher(REPORTS);
    try (var files = Files.find(root, DEPTH_MAX, (file, attributes) -> matcher.matches(file))) {
      return files.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static TestReport suite(Path file) throws IOException {
    int tests = 0;
    int skipped = 0;
    var failures = new ArrayList<String>();
    var name = "";
    try (var in = Files.newInputStream(file)) {
      var xml = XMLInputFactory.newFactory().createXMLStreamReader(in);
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamConstants.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "testcase" -> {
              tests++;
              name =
                  xml.getAttributeValue(null, "classname")
                      + "."
                      + xml.getAttributeValue(null, "name");
            }
            case "failure", "error" -> failures.add(name);
            case "skipped" -> skipped++;
            default -> {}
          }
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException(file + " is not a test report", e);
    }
    return new TestReport(tests - skipped - failures.size(), failures.size(), skipped, failures);
  }

  /** The closing line of a run. */
  String summary() {
    return passed + " passed, " + failed + " failed, " + skipped + " skipped";
  }
}
