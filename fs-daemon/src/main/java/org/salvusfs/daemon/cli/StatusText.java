package org.salvusfs.daemon.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonStatus;
import org.salvusfs.daemon.management.ProjectStatus;

/** A daemon's status for people. */
final class StatusText {
  private StatusText() {}

  /** Several lines, without a newline at the end. */
  static String of(DaemonStatus status) {
    var daemon = status.daemon();
    var cassandra = status.cassandra();
    var text = new StringBuilder();
    line(text, "daemon", "pid " + daemon.pid() + ", up " + age(daemon.uptimeSeconds()));
    line(
        text,
        "cassandra",
        (cassandra.pid() == null ? "" : "pid " + cassandra.pid() + ", ")
            + String.join(" ", cassandra.contactPoints()));
    line(text, "mount", status.mount());
    line(text, "fuse", status.fuse());
    line(text, "data", daemon.dataDirectory());
    line(
        text,
        "host",
        status.hostName() + " " + status.host() + (status.leaseValid() ? "" : ", lease expired"));
    line(text, "cluster", status.cluster());
    text.append('\n').append(projects(status.projects()));
    if (!status.operations().isEmpty()) {
      text.append("\n\n").append(operations(status));
    }
    return text.toString();
  }

  /** A table of projects. */
  static String projects(List<ProjectStatus> projects) {
    var table = new Table("PROJECT", "ID", "DURABILITY", ">BYTES", ">QUOTA", ">INODES", ">TXG");
    for (var project : projects) {
      table.row(
          project.name(),
          project.id(),
          project.durability(),
          known(project.bytes()),
          QuotaText.share(project),
          known(project.inodes()),
          known(project.txg()));
    }
    return table.text();
  }

  /** One line for a terminal that is watched. */
  static String live(DaemonStatus status) {
    long open = status.projects().stream().filter(ProjectStatus::open).count();
    long operations = status.operations().values().stream().mapToLong(one -> one.count()).sum();
    long errors = status.operations().values().stream().mapToLong(one -> one.errors()).sum();
    return "up %s · %d of %d projects open · %d operations, %d refused%s"
        .formatted(
            age(status.daemon().uptimeSeconds()),
            open,
            status.projects().size(),
            operations,
            errors,
            status.leaseValid() ? "" : " · waiting for Cassandra");
  }

  private static String operations(DaemonStatus status) {
    var table = new Table("OPERATION", ">COUNT", ">ERRORS", ">P50 µs", ">P99 µs", ">MAX µs");
    status
        .operations()
        .forEach(
            (name, one) ->
                table.row(
                    name,
                    Long.toString(one.count()),
                    Long.toString(one.errors()),
                    micros(one.p50Micros()),
                    micros(one.p99Micros()),
                    micros(one.maxMicros())));
    return table.text();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-10s %s%n", name, value));
  }

  private static String known(@Nullable Long value) {
    return value == null ? "-" : Long.toString(value);
  }

  private static String micros(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String age(long seconds) {
    var age = Duration.ofSeconds(seconds);
    return age.toDays() > 0
        ? "%d d %d h".formatted(age.toDays(), age.toHoursPart())
        : age.toHours() > 0
            ? "%d h %d min".formatted(age.toHours(), age.toMinutesPart())
            : "%d min %d s".formatted(age.toMinutes(), age.toSecondsPart());
  }
}
