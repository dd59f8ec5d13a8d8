package org.salvusfs.metadata.cassandra;

import java.util.SortedMap;
import java.util.stream.Collectors;

/** How many copies Cassandra keeps, and where. */
public sealed interface Replication {
  /** A development machine: copies anywhere. */
  record Simple(int copies) implements Replication {
    public Simple {
      if (copies < 1) {
        throw new IllegalArgumentException(copies + " copies");
      }
    }
  }

  /**
   * Copies in each data center, by its name.
   *
   * @param copies e.g. 3 in each
   */
  record PerDataCenter(SortedMap<String, Integer> copies) implements Replication {
    public PerDataCenter {
      if (copies.isEmpty() || copies.values().stream().anyMatch(n -> n < 1)) {
        throw new IllegalArgumentException("copies per data center: " + copies);
      }
      for (var name : copies.keySet()) {
        if (!name.matches("[A-Za-z0-9_.-]+")) {
          throw new IllegalArgumentException("data center " + name);
        }
      }
    }
  }

  /** The map in {@code CREATE KEYSPACE}. */
  default String toCql() {
    return switch (this) {
      case Simple simple ->
          "{'class': 'SimpleStrategy', 'replication_factor': " + simple.copies() + "}";
      case PerDataCenter each ->
          each.copies().entrySet().stream()
              .map(e -> "'" + e.getKey() + "': " + e.getValue())
              .collect(Collectors.joining(", ", "{'class': 'NetworkTopologyStrategy', ", "}"));
    };
  }

  /** Whether there is one copy of everything, so that a deletion needs to outlive nothing. */
  default boolean isSingleCopy() {
    return switch (this) {
      case Simple simple -> simple.copies() == 1;
      case PerDataCenter each ->
          each.copies().values().stream().mapToInt(Integer::intValue).sum() == 1;
    };
  }
}
