package org.salvusfs.daemon.wiring;

import java.io.IOException;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.check.CheckOptions;
import org.salvusfs.metadata.check.Checker;
import org.salvusfs.metadata.check.Finding;
import org.salvusfs.metadata.check.Repairs;
import org.salvusfs.metadata.lease.OpenOutcome;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;

/**
 * Checks a project as it is stored, past every cache. A project in use is checked at its latest
 * commit while work goes on; it is mended only while nobody uses it, since what is mended must be
 * what was checked.
 */
final class ProjectCheck {
  private final Stores stores;
  private final Projects projects;
  private final Surroundings surroundings;

  ProjectCheck(Stores stores, Projects projects, Surroundings surroundings) {
    this.stores = stores;
    this.projects = projects;
    this.surroundings = surroundings;
  }

  /**
   * Checks and changes nothing. A project that cannot be opened, because what is read at its
   * opening is damaged, is checked as it lies there.
   */
  CheckReport check(Project project, CheckProgress progress) throws IOException {
    OpenProject held;
    try {
      held = projects.held(project);
    } catch (MetadataException.Corrupt | MetadataException.Missing unopenable) {
      return checkUnopened(project, unopenable, progress);
    }
    held.transactions().commit();
    try (var pin = held.transactions().pinRoot()) {
      var report = checker(project).check(pin.root(), CheckOptions.DEEP, progress::at);
      return report(project, held.transactions().committedTxg(), report, 0);
    }
  }

  private CheckReport checkUnopened(Project project, MetadataException why, CheckProgress progress)
      throws IOException {
    var head = stores.metadata().heads().read(project.id());
    if (head == null) {
      throw why;
    }
    var found = checker(project).check(head.root(), CheckOptions.DEEP, progress::at);
    if (found.findings().isEmpty()) {
      throw why; // not the tree: its log, then
    }
    return report(project, head.txg(), found, 0);
  }

  /**
   * Checks and mends.
   *
   * @throws DaemonException.Obstructed if the project is in use
   */
  CheckReport repair(Project project, CheckProgress progress) throws IOException, DaemonException {
    return projects
        .whileClosed(project, opened -> repair(project, opened, progress))
        .orElseThrow(
            () ->
                new DaemonException.Obstructed(
                    "project "
                        + project.name()
                        + " is in use, and is mended only while it is not; restart the daemon and repair before anything opens the project"));
  }

  private CheckReport repair(Project project, OpenOutcome.Opened opened, CheckProgress progress)
      throws IOException {
    var fence = opened.fence();
    try {
      var root = opened.before().root();
      var found = checker(project).check(root, CheckOptions.DEEP, progress::at);
      var tree = storedTree(project);
      var changes = Repairs.plan(tree.view(root), found, surroundings.wallClock().getAsLong());
      if (changes.isEmpty()) {
        return report(project, opened.before().txg(), found, 0);
      }
      long txg = Txgs.base(fence.epoch()) + 1;
      var update = tree.apply(root, txg, changes.iterator());
      stores.metadata().nodes().put(update.sealed());
      stores.metadata().heads().commit(fence, update.root(), txg);
      long mended = found.findings().stream().filter(Finding::isRepairable).count();
      return report(project, txg, found, (int) mended);
    } finally {
      projects.giveBack(fence);
    }
  }

  private Checker checker(Project project) throws IOException {
    var blocks = stores.blocks();
    return new Checker(storedTree(project), blocks.store(), blocks.codec());
  }

  private Tree storedTree(Project project) throws IOException {
    var codec = stores.codec(project);
    return new Tree(project.id(), codec, new StoredNodes(stores.metadata().nodes(), codec));
  }

  private static CheckReport report(
      Project project, long txg, org.salvusfs.metadata.check.CheckReport found, int repaired) {
    var findings = found.findings().stream().map(Finding::message).toList();
    return new CheckReport(
        project.id().toString(),
        txg,
        found.nodes(),
        found.counted().inodes(),
        found.chunks(),
        findings,
        found.unlisted(),
        repaired);
  }
}
