package org.salvusfs.daemon.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;

/** Runs the source tree's tests with Maven and sums up. */
final class MavenTests {
  private final Session session;
  private final boolean json;

  MavenTests(Session session, boolean json) {
    this.session = session;
    this.json = json;
  }

  /**
   * Runs Maven, which prints to standard output (with {@code --json}: standard error).
   *
   * @return OK if it succeeded and at least one test ran
   */
  ExitCode run(List<String> arguments) throws DaemonException, InterruptedException {
    var words = new ArrayList<String>();
    words.add("mvn");
    words.addAll(List.of("-B", "-ntp", "--fail-at-end"));
    words.addAll(arguments);
    var builder = new ProcessBuilder(words).directory(session.root().toFile()).inheritIO();
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (json) {
      // Maven's text must not be where JSON is expected.
      builder.redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/stderr")));
    }
    try {
      TestReport.clear(session.root());
      int code = builder.start().waitFor();
      var report = TestReport.read(session.root());
      print(report, code);
      boolean ran = report.passed() + report.failed() > 0;
      return code == 0 && report.failed() == 0 && ran ? ExitCode.OK : ExitCode.NEGATIVE;
    } catch (IOException e) {
      throw new DaemonException.Obstructed("the tests cannot be run (" + e + ")", e);
    }
  }

  private void print(TestReport report, int mavenCode) {
    if (json) {
      session.out().println(Json.pretty(report));
      return;
    }
    session.out().println();
    report.failures().forEach(name -> session.out().println("FAILED " + name));
    if (mavenCode != 0 && report.failed() == 0) {
      session.out().println("the build failed; Maven's messages above say why");
    }
    session.out().println(report.summary());
  }
}
