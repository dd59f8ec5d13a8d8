package org.salvusfs.metadata.snapshot;

import java.util.Comparator;

/** A directory entry: where it is and what it is called. */
record Place(long directory, String name) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::directory).thenComparing(Place::name);

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
