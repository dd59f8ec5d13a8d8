package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.tree.Tree;

/** Makes projects that begin as others are or were. Thread-safe. */
final class Cloning {
  private final Stores stores;
  private final Projects projects;
  private final Catalogue catalogue;
  private final Surroundings surroundings;

  Cloning(Stores stores, Projects projects, Catalogue catalogue, Surroundings surroundings) {
    this.stores = stores;
    this.projects = projects;
    this.catalogue = catalogue;
    this.surroundings = surroundings;
  }

  Project of(Project origin, Snapshot snapshot, String name) throws IOException, DaemonException {
    Project clone = planned(origin, name);
    return switch (stores.clones().create(snapshot, tree(clone), clone, maker(origin))) {
      case CREATED -> clone;
      case NAME_TAKEN -> throw Catalogue.taken(name);
      case SNAPSHOT_GONE ->
          throw new DaemonException.UnknownSnapshot(
              "snapshot \"%s\" was deleted meanwhile".formatted(snapshot.name()));
    };
  }

  /** Through a snapshot that nobody sees, and whose row keeps the clone's nodes. */
  Project ofPresent(Project origin, String name) throws IOException, DaemonException {
    Project clone = planned(origin, name);
    Snapshot snapshot =
        projects
            .held(origin)
            .transactions()
            .snapshots()
            .createFor(clone.id(), maker(origin), clone.created());
    if (!stores.clones().begin(snapshot, tree(clone), clone)) {
      throw Catalogue.taken(name);
    }
    return clone;
  }

  /** A clone is kept as its origin is. */
  private Project planned(Project origin, String name) throws IOException, DaemonException {
    requireSharedKey(origin);
    Catalogue.checkName(name);
    catalogue.requireFree(name);
    var created =
        Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(surroundings.wallClock().getAsLong()));
    return new Project(
        new ProjectId(surroundings.newId()),
        name,
        origin.durability(),
        origin.compression(),
        created);
  }

  private Tree tree(Project clone) {
    return new Tree(clone.id(), stores.blocks().codec(), stores.nodes());
  }

  private UUID maker(Project origin) throws IOException, DaemonException {
    return projects.held(origin).fence().incarnation();
  }

  /** A clone would need its origin's key, and keep what a purge of the origin is to shred. */
  private static void requireSharedKey(Project origin) throws DaemonException {
    if (origin.ownKey()) {
      throw new DaemonException.Invalid(
          "project %s has a key of its own, so nothing of it can be shared with a clone; create a project and copy what it needs"
              .formatted(origin.name()));
    }
  }
}
