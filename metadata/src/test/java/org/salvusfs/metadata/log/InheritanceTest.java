package org.salvusfs.metadata.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.ProjectId;

class InheritanceTest {
  private static final ProjectId PROJECT = new ProjectId(new UUID(1, 2));

  @Test
  void of_noLaterCommit_replaysAll() {
    var files = List.of(file(3, 3, 0), file(3, 3, 1));
    assertEquals(new Inheritance(files, List.of()), Inheritance.of(files, 3));
    assertEquals(new Inheritance(files, List.of()), Inheritance.of(files, 0));
  }

  @Test
  void of_laterCommit_replaysNothing() {
    var files = List.of(file(3, 3, 0), file(3, 3, 1));
    assertEquals(new Inheritance(List.of(), files), Inheritance.of(files, 4));
  }

  @Test
  void of_adoptedByTheCommittingEpoch_countsTheWholeChain() {
    var files = List.of(file(5, 3, 0), file(3, 3, 1), file(5, 5, 0));
    assertEquals(new Inheritance(files, List.of()), Inheritance.of(files, 5));
  }

  @Test
  void of_bothKinds_dividesThem() {
    var stale = file(2, 2, 9);
    var chain = List.of(file(4, 4, 0), file(5, 5, 0));
    assertEquals(
        new Inheritance(chain, List.of(stale)),
        Inheritance.of(List.of(stale, chain.get(0), chain.get(1)), 4));
  }

  @Test
  void name_writtenAndParsed_isTheSame() {
    var name = file(5, 3, 255);
    assertEquals(name, LogFileName.parse(name.toString()));
    assertNull(LogFileName.parse("recovered-" + name));
    assertNull(LogFileName.parse(name + "0"));
    assertNull(LogFileName.parse("spare-0000000000000001"));
  }

  private static LogFileName file(long owner, long epoch, long number) {
    return new LogFileName(PROJECT, owner, epoch, number);
  }
}
