package org.salvusfs.daemon.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.Bill;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.quota.policy.Sizes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "bill",
    description = "Shows what a project takes, and what deleting its snapshots would free.")
final class BillCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(paramLabel = "ID", description = "id or name of the project")
  private String id = "";

  private final Session session;

  BillCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var bill = common.client().bill(id);
    session.say(bill, common.json(), text(bill));
    return ExitCode.OK.status();
  }

  private static String text(Bill bill) {
    Long bound = bill.boundBytes();
    var text =
        "live       %s in %d inodes%nsnapshots  %s that the project no longer has%s%nstored     %s%npacks      %s by all projects of this host"
            .formatted(
                Sizes.text(bill.liveBytes()),
                bill.liveInodes(),
                Sizes.text(bill.heldBytes()),
                bound == null ? "" : ", of at most " + Sizes.text(bound),
                stored(bill.stored()),
                Sizes.text(bill.storeBytes()));
    if (bill.notice() != null) {
      text += "\n\n" + bill.notice();
    }
    if (bill.snapshots().isEmpty()) {
      return text;
    }
    var table = new Table("SNAPSHOT", "KIND", ">SHOWS", ">DELETING FREES", "KEPT BY");
    for (Bill.OfSnapshot one : bill.snapshots()) {
      table.row(
          one.name(),
          one.kind(),
          Sizes.text(one.bytes()),
          Sizes.text(one.freedBytes()),
          keepers(one));
    }
    return text + "\n\n" + table.text();
  }

  private static String stored(Bill.@Nullable Stored stored) {
    if (stored == null) {
      return "not counted yet; ./salvus gc run does";
    }
    var text =
        "%s, and %s with snapshots, of which %s is shared with other projects; as of %s"
            .formatted(
                Sizes.text(stored.liveBytes()),
                Sizes.text(stored.bytes()),
                Sizes.text(stored.sharedBytes()),
                stored.asOf());
    return stored.errorBytes() == 0 ? text : text + ", +- " + Sizes.text(stored.errorBytes());
  }

  private static String keepers(Bill.OfSnapshot one) {
    var holds = String.join(", ", one.holds());
    if (one.clones() == 0) {
      return holds.isEmpty() ? "-" : holds;
    }
    var clones = one.clones() == 1 ? "1 clone" : one.clones() + " clones";
    return holds.isEmpty() ? clones : holds + ", " + clones;
  }
}
