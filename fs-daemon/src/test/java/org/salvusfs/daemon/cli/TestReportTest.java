package org.salvusfs.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestReportTest {
  @TempDir private Path root = Path.of("");

  private void report(String module, String name, String cases) throws Exception {
    var directory =
        Files.createDirectories(root.resolve(module).resolve("target/surefire-reports"));
    Files.writeString(
        directory.resolve("TEST-" + name + ".xml"),
        "<?xml version=\"1.0\"?><testsuite name=\"" + name + "\">" + cases + "</testsuite>");
  }

  @Test
  void read_addsUpTheReportsOfAllModules() throws Exception {
    report(
        "a",
        "A",
        "<testcase classname=\"A\" name=\"one\"/><testcase name=\"two\"><skipped/></testcase>");
    report(
        "b/c",
        "B",
        """
        <testcase classname="B" name="three"><failure>x</failure></testcase>
        <testcase classname="B" name="four"><error/><system-out>y</system-out></testcase>
        """);
    var report = TestReport.read(root);
    assertEquals("1 passed, 2 failed, 1 skipped", report.summary());
    assertEquals(List.of("B.three", "B.four"), report.failures());
  }

  @Test
  void clear_leavesNoReportOfAnEarlierRun() throws Exception {
    report("a", "A", "<testcase classname=\"A\" name=\"one\"/>");
    TestReport.clear(root);
    assertEquals("0 passed, 0 failed, 0 skipped", TestReport.read(root).summary());
  }
}
