package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogMarksTest {
  private static final int SIZE = 100;

  @Test
  void randomChanges_equalArrayOfEpochs() {
    for (long seed = 1; seed <= 300; seed++) {
      var random = new Random(seed);
      var marks = new LogMarks();
      int[] model = new int[SIZE];
      int epoch = 1;
      for (int i = 0; i < 200; i++) {
        int from = random.nextInt(SIZE);
        int to = from + 1 + random.nextInt(SIZE - from);
        switch (random.nextInt(6)) {
          case 0 -> {
            marks.cutAt(from);
            Arrays.fill(model, from, SIZE, 0);
          }
          case 1 -> assertEquals(epoch++, marks.endEpoch());
          case 2 -> {
            int logged = random.nextInt(epoch);
            marks.logged(logged);
            Arrays.setAll(model, at -> model[at] <= logged ? 0 : model[at]);
          }
          default -> {
            marks.mark(from, to);
            Arrays.fill(model, from, to, epoch);
          }
        }
        boolean[] actual = new boolean[SIZE];
        marks.forEach((start, end) -> Arrays.fill(actual, start.intValue(), end.intValue(), true));
        for (int at = 0; at < SIZE; at++) {
          assertEquals(model[at] > 0, actual[at], "seed " + seed + " step " + i + " at " + at);
        }
      }
    }
  }

  @Test
  void cut_isTheLeastNotLogged() {
    var marks = new LogMarks();
    assertEquals(LogMarks.NO_CUT, marks.cut());
    marks.cutAt(50);
    int first = marks.endEpoch();
    marks.cutAt(70);
    assertEquals(50, marks.cut());
    marks.logged(first);
    assertEquals(70, marks.cut());
    marks.logged(marks.endEpoch());
    assertEquals(LogMarks.NO_CUT, marks.cut());
    assertTrue(marks.isEmpty());
  }

  @Test
  void logged_afterNewerTouch_leavesItMarked() {
    var marks = new LogMarks();
    marks.touch();
    int first = marks.endEpoch();
    marks.touch();
    marks.logged(first);
    assertFalse(marks.isEmpty());
    marks.logged(marks.endEpoch());
    assertTrue(marks.isEmpty());
  }
}
