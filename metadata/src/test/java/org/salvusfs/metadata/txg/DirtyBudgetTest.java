package org.salvusfs.metadata.txg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirtyBudgetTest {
  private final DirtyBudget budget = new DirtyBudget(100);
  private final List<String> calls = new ArrayList<>();
  private final DirtyBudget.Share small = budget.join(new Named("small"));
  private final DirtyBudget.Share large = budget.join(new Named("large"));

  private final class Named implements DirtyBudget.Owner {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public void closeEarly() {
      calls.add(name + " closes");
    }

    @Override
    public void wake() {
      calls.add(name + " wakes");
    }
  }

  @Test
  void room_isWhatTheOthersLeave() {
    assertFalse(large.admit(10, 91));
    assertTrue(large.admit(10, 60));
    assertFalse(small.admit(0, 31), "what was let in counts at once");
    assertTrue(small.admit(0, 30));
    assertTrue(small.admit(20, 10), "what it holds counts once, as it said last");
    assertEquals(100, budget.heldBytes());
  }

  @Test
  void whenNobodyHoldsAnything_aWriteIsLetIn_howeverLarge() {
    assertTrue(small.admit(0, 101));
    assertFalse(large.admit(0, 1));
  }

  @Test
  void makeRoom_asksThoseThatHoldMost() {
    small.released(10);
    large.released(80);
    small.makeRoom(10);
    assertEquals(List.of(), calls);
    small.makeRoom(11);
    assertEquals(List.of("large closes"), calls);
  }

  @Test
  void release_wakesEverybodyIfSomebodyWaits() {
    large.released(50);
    assertEquals(List.of(), calls);
    small.beginWait();
    large.released(0);
    assertEquals(List.of("large wakes", "small wakes"), calls.stream().sorted().toList());
    calls.clear();
    small.endWait();
    large.released(0);
    assertEquals(List.of(), calls);
  }

  @Test
  void whoLeft_holdsNothing_whateverItSaysLater() {
    large.released(90);
    large.leave();
    assertEquals(List.of("small wakes"), calls);
    assertTrue(large.admit(90, 0));
    assertEquals(0, budget.heldBytes());
  }
}
