package org.salvusfs.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.management.DaemonException;

final class ClosingOrderTest {
  private final ArrayList<String> ended = new ArrayList<>();
  private final ClosingOrder closing = new ClosingOrder();

  private void start(String name) {
    closing.started(name, () -> ended.add(name));
  }

  @Test
  void close_endsInTheOppositeOrder_once() throws Exception {
    start("a");
    start("b");
    closing.close();
    closing.close();
    assertEquals(List.of("b", "a"), ended);
  }

  @Test
  void close_withAFailingStep_takesTheOthersAndNamesTheFirst() {
    start("a");
    closing.started(
        "the lease",
        () -> {
          throw new IOException("gone");
        });
    start("b");
    var e = assertThrows(DaemonException.Failed.class, closing::close);
    assertTrue(String.valueOf(e.getMessage()).contains("the lease failed (gone)"), e.getMessage());
    assertEquals(List.of("b", "a"), ended);
  }

  @Test
  void close_ofAnInterruptedThread_isNotCutShort_andLeavesItInterrupted() throws Exception {
    closing.started("a", () -> ended.add("a " + Thread.currentThread().isInterrupted()));
    Thread.currentThread().interrupt();
    closing.close();
    assertTrue(Thread.interrupted());
    assertEquals(List.of("a false"), ended);
  }
}
