package org.salvusfs.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class JmhCommandTest {
  private final StringWriter errors = new StringWriter();

  private int jmh(String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "jmh";
    System.arraycopy(words, 0, all, 1, words.length);
    return Main.commandLine().setErr(new PrintWriter(errors)).execute(all);
  }

  @Test
  void unknownOption_isWrongUsage_andReturns() {
    assertEquals(2, jmh("--nonsense"));
    assertTrue(errors.toString().contains("nonsense"), errors::toString);
  }

  @Test
  void patternThatMatchesNothing_isWrongUsage_andReturns() {
    assertEquals(2, jmh("NoSuchBenchmark"));
    assertTrue(errors.toString().contains("NoSuchBenchmark"), errors::toString);
  }

  @Test
  void list_returns() {
    assertEquals(0, jmh("-l"));
  }
}
