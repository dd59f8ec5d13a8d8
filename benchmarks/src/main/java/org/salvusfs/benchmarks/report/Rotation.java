package org.salvusfs.benchmarks.report;

import java.util.List;
import java.util.stream.Stream;

/** Alternation: whoever is measured takes turns at being first. */
public final class Rotation {
  private Rotation() {}

  /** The same list, beginning with another element for every number. */
  public static <T> List<T> of(List<T> list, int by) {
    int first = by % list.size();
    return Stream.concat(list.subList(first, list.size()).stream(), list.subList(0, first).stream())
        .toList();
  }
}
