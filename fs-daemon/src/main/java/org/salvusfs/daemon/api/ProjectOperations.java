package org.salvusfs.daemon.api;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.control.Messages.NewLimits;
import org.salvusfs.daemon.control.Messages.NewProject;
import org.salvusfs.daemon.control.Messages.NewStorage;
import org.salvusfs.daemon.control.Messages.Rule;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.daemon.management.StorageChange;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.quota.policy.QuotaRule;

/** What is about projects. */
record ProjectOperations(ManagedDaemon daemon) {
  private static final Set<String> REMOVABLE =
      new TreeSet<>(Set.of(NewLimits.QUOTA, NewLimits.SOFT, NewLimits.INODES));

  Answer list(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(daemon.projects());
  }

  Answer show(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(daemon.project(call.project()));
  }

  Answer create(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(NewProject.class);
    return Answer.created(
        daemon.createProject(
            Call.required("name", wanted.name()),
            durability(wanted.durability()),
            compression(wanted.compression()),
            Objects.requireNonNullElse(wanted.ownKey(), false)));
  }

  Answer bill(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(daemon.bill(call.project()));
  }

  Answer setStorage(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(NewStorage.class);
    var change =
        new StorageChange(
            durability(wanted.durability()).orElse(null),
            compression(wanted.compression()).orElse(null));
    if (change.durability() == null && change.compression() == null) {
      throw ProblemException.invalid(null, "what? durability or compression");
    }
    return Answer.ok(daemon.setStorage(call.project(), change));
  }

  private static Optional<Durability> durability(@Nullable String text) throws ProblemException {
    return choice("durability", text, Durability.values());
  }

  private static Optional<Compression> compression(@Nullable String text) throws ProblemException {
    return choice("compression", text, Compression.values());
  }

  /** The one whose name is the word, in small letters. */
  private static <E extends Enum<E>> Optional<E> choice(
      String field, @Nullable String text, E[] all) throws ProblemException {
    if (text == null) {
      return Optional.empty();
    }
    var byWord = new TreeMap<String, E>();
    for (E each : all) {
      byWord.put(each.name().toLowerCase(Locale.ROOT), each);
    }
    return Optional.ofNullable(byWord.get(Call.oneOf(field, text, byWord.keySet())));
  }

  Answer setLimits(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(daemon.setLimits(call.project(), change(call.read(NewLimits.class))));
  }

  private static LimitsChange change(NewLimits wanted) throws ProblemException {
    List<String> remove = Objects.requireNonNullElse(wanted.remove(), List.of());
    for (String name : remove) {
      Call.oneOf("remove", String.valueOf(name), REMOVABLE); // it may be null in JSON
    }
    var change =
        new LimitsChange(
            remove.contains(NewLimits.QUOTA) ? QuotaRule.NONE : rule(wanted.quota()),
            limit(NewLimits.SOFT, wanted.softBytes(), remove),
            notNegative("graceSeconds", wanted.graceSeconds()),
            limit(NewLimits.INODES, wanted.inodes(), remove),
            notNegative("reserveBytes", wanted.reserveBytes()));
    if (change.equals(new LimitsChange(null, null, null, null, null))) {
      throw ProblemException.invalid(null, "which limits? the request names none");
    }
    return change;
  }

  private static @Nullable QuotaRule rule(@Nullable Rule wanted) throws ProblemException {
    if (wanted == null) {
      return null;
    }
    double times = Objects.requireNonNullElse(wanted.times(), 0.0);
    long bytes = Objects.requireNonNullElse(wanted.bytes(), 0L);
    if (times < 0 || bytes < 0) {
      throw ProblemException.invalid(NewLimits.QUOTA, "a quota is not negative");
    }
    return new QuotaRule(times, bytes);
  }

  private static @Nullable Long limit(String field, @Nullable Long wanted, List<String> remove)
      throws ProblemException {
    return remove.contains(field) ? Long.valueOf(Limits.UNLIMITED) : notNegative(field, wanted);
  }

  private static @Nullable Long notNegative(String field, @Nullable Long wanted)
      throws ProblemException {
    if (wanted != null && wanted < 0) {
      throw ProblemException.invalid(field, field + " is not negative");
    }
    return wanted;
  }
}
