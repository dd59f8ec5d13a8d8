package org.salvusfs.benchmarks.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.salvusfs.daemon.management.DaemonException;

/** The set of workloads, in the order in which they run. */
final class Workloads {
  private Workloads() {}

  static List<Workload> all(Scale scale) {
    var all = new ArrayList<Workload>();
    all.addAll(BigFileWork.all(scale));
    all.addAll(SmallFileWork.all(scale));
    all.addAll(TreeWork.all());
    all.addAll(GitWork.all());
    all.addAll(FioWork.all(scale));
    all.addAll(SyncedWork.all(scale));
    all.addAll(CopyWork.all());
    all.add(PairWork.of(all));
    return all;
  }

  /**
   * Some of them, in the set's order.
   *
   * @param names of workloads; a name that ends in {@code *} is that of all that begin so; empty:
   *     all workloads
   * @throws DaemonException.Invalid if a name is nobody's
   */
  static List<Workload> select(List<Workload> all, List<String> names) throws DaemonException {
    for (String name : names) {
      if (all.stream().noneMatch(workload -> matches(workload, name))) {
        throw new DaemonException.Invalid(
            "there is no workload '%s'; there are %s"
                .formatted(
                    name, all.stream().map(Workload::name).collect(Collectors.joining(" "))));
      }
    }
    return all.stream()
        .filter(
            workload -> names.isEmpty() || names.stream().anyMatch(name -> matches(workload, name)))
        .toList();
  }

  private static boolean matches(Workload workload, String name) {
    return name.endsWith("*")
        ? workload.name().startsWith(name.substring(0, name.length() - 1))
        : workload.name().equals(name);
  }
}
