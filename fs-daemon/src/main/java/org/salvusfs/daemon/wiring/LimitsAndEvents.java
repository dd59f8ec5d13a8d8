package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.EventStatus;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.LimitsSet;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.StorageChange;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.quota.policy.Sizes;
import org.salvusfs.quota.policy.Spans;

/** Changes limits and reads events, for whoever runs the daemon. */
final class LimitsAndEvents {
  private final Stores stores;
  private final Projects projects;
  private final Catalogue catalogue;
  private final Surroundings surroundings;

  /** Held while limits are read, changed and written. */
  private final ReentrantLock changing = new ReentrantLock();

  LimitsAndEvents(
      Stores stores, Projects projects, Catalogue catalogue, Surroundings surroundings) {
    this.stores = stores;
    this.projects = projects;
    this.catalogue = catalogue;
    this.surroundings = surroundings;
  }

  /** Changes limits; they hold at once if this daemon has the project open. */
  LimitsSet set(String idOrName, LimitsChange change) throws IOException, DaemonException {
    changing.lock();
    try {
      Project project = catalogue.find(idOrName);
      CountersItem used = used(project);
      Limits limits = applied(project.limits(), change, used);
      projects.limit(project, limits);
      var event = new Event(project.id(), now(), "limits-set", text(limits));
      stores.metadata().events().add(event);
      return new LimitsSet(
          catalogue.status(catalogue.find(idOrName)), warnings(project, limits, used));
    } finally {
      changing.unlock();
    }
  }

  /** Changes how a project is kept; see {@link StorageChange} for when it holds. */
  ProjectStatus setStorage(String idOrName, StorageChange change)
      throws IOException, DaemonException {
    changing.lock();
    try {
      Project project = catalogue.find(idOrName);
      projects.store(project, change);
      Project after = catalogue.find(project.id().toString());
      var text = "durability %s, compression %s".formatted(after.durability(), after.compression());
      var event = new Event(project.id(), now(), "storage-set", text.toLowerCase(Locale.ROOT));
      stores.metadata().events().add(event);
      return catalogue.status(after);
    } finally {
      changing.unlock();
    }
  }

  private static Limits applied(Limits before, LimitsChange change, CountersItem used)
      throws DaemonException.Invalid {
    try {
      return change.applied(before, used.bytes());
    } catch (IllegalArgumentException e) {
      throw new DaemonException.Invalid(String.valueOf(e.getMessage()));
    }
  }

  /** Of a project that is not open here: as of its last commit. */
  private CountersItem used(Project project) throws IOException {
    Optional<OpenProject> open = projects.ifOpen(project.id());
    if (open.isPresent()) {
      return open.get().transactions().usage();
    }
    Head head = stores.metadata().heads().read(project.id());
    if (head == null) {
      throw new MetadataException.Missing("project " + project.id() + " has no head");
    }
    var tree = new Tree(project.id(), stores.blocks().codec(), stores.nodes());
    byte[] counters = tree.get(head.root(), Keys.counters());
    if (counters == null) {
      throw new MetadataException.Corrupt(
          "the tree of project " + project.id() + " has no counters");
    }
    return CountersItem.decode(counters);
  }

  private List<String> warnings(Project project, Limits limits, CountersItem used) {
    var warnings = new ArrayList<String>();
    if (used.bytes() > limits.userBytes()) {
      warnings.add(
          "%s are in use, and users may use %s: nothing can grow until something is deleted"
              .formatted(Sizes.text(used.bytes()), Sizes.text(limits.userBytes())));
    } else if (used.bytes() > limits.softBytes()) {
      warnings.add(
          "%s are in use, more than the soft limit of %s"
              .formatted(Sizes.text(used.bytes()), Sizes.text(limits.softBytes())));
    }
    if (used.inodes() > limits.inodes()) {
      warnings.add(
          "%d inodes are in use, and the limit is %d: nothing new can be made"
              .formatted(used.inodes(), limits.inodes()));
    }
    if (projects.ifOpen(project.id()).isEmpty()) {
      warnings.add(
          "it is not open here: a host that has it open keeps to its old limits until it opens it again");
    }
    return warnings;
  }

  private static String text(Limits limits) {
    return "quota %s, soft %s, grace %s, inodes %s, reserve %s"
        .formatted(
            limits.hardBytes() == Limits.UNLIMITED ? "none" : Sizes.text(limits.hardBytes()),
            limits.softBytes() == Limits.UNLIMITED ? "none" : Sizes.text(limits.softBytes()),
            Spans.text(limits.grace()),
            limits.inodes() == Limits.UNLIMITED ? "none" : Long.toString(limits.inodes()),
            Sizes.text(limits.reserveBytes()));
  }

  /**
   * Events of the last days, newest first.
   *
   * @param idOrName empty: of all projects
   */
  List<EventStatus> events(Optional<String> idOrName, int days, int most)
      throws IOException, DaemonException {
    if (days < 1 || days > EventLog.DAYS_MAX || most < 1) {
      throw new DaemonException.Invalid(
          "events of 1 to " + EventLog.DAYS_MAX + " days, and at least one of them");
    }
    List<Project> asked =
        idOrName.isPresent()
            ? List.of(catalogue.find(idOrName.get()))
            : stores.metadata().projects().list();
    var today = LocalDate.ofInstant(now(), ZoneOffset.UTC);
    var events = new ArrayList<Event>();
    var names = new HashMap<ProjectId, String>();
    if (idOrName.isEmpty()) {
      names.put(Event.NO_PROJECT, "-");
      events.addAll(stores.metadata().events().newest(Event.NO_PROJECT, today, days, most));
    }
    for (Project project : asked) {
      names.put(project.id(), project.name());
      events.addAll(stores.metadata().events().newest(project.id(), today, days, most));
    }
    return events.stream()
        .sorted(Comparator.comparing(Event::at).reversed())
        .limit(most)
        .map(
            event ->
                new EventStatus(
                    event.at().toString(),
                    names.getOrDefault(event.project(), event.project().toString()),
                    event.kind(),
                    event.detail()))
        .toList();
  }

  private Instant now() {
    return surroundings.now();
  }
}
