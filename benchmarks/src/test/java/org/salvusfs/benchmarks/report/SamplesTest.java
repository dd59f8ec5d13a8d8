package org.salvusfs.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SamplesTest {
  private static double median(Double... seconds) {
    return new Samples(List.of(seconds), List.of()).median();
  }

  @Test
  void median_ofAnOddNumber_isTheOneInTheMiddle() {
    assertEquals(2.0, median(9.0, 1.0, 2.0));
  }

  @Test
  void median_ofAnEvenNumber_isTheMeanOfTheTwoInTheMiddle() {
    assertEquals(3.0, median(9.0, 1.0, 2.0, 4.0));
  }

  @Test
  void median_ofNothing_isNoNumber() {
    assertTrue(Double.isNaN(median()));
  }
}
