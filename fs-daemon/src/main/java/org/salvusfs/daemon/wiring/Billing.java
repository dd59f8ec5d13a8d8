package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.util.Locale;
import org.salvusfs.daemon.management.Bill;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.txg.SnapshotUse;

/** Says what projects take, from what is counted already. */
record Billing(
    Catalogue catalogue,
    Projects projects,
    Stores stores,
    SnapshotSpaces spaces,
    GarbageRuns garbage) {
  /** Of a project that this daemon holds or can hold. */
  Bill of(String idOrName) throws IOException, DaemonException {
    Project project = catalogue.find(idOrName);
    OpenProject held = projects.held(project);
    SnapshotUse use = held.transactions().snapshots().use();
    var live = held.transactions().usage();
    long bound = spaces.boundBytes(held.quota().limits());
    return new Bill(
        project.id().toString(),
        project.name(),
        live.bytes(),
        live.inodes(),
        use.heldBytes(),
        bound == Limits.UNLIMITED ? null : bound,
        held.notice().get().orElse(null),
        garbage.stored(project.id()).orElse(null),
        stores.blocks().usedBytes(),
        use.snapshots().stream().map(Billing::part).toList());
  }

  private static Bill.OfSnapshot part(SnapshotUse.OfOne one) {
    var snapshot = one.snapshot();
    return new Bill.OfSnapshot(
        snapshot.name(),
        snapshot.created().toString(),
        snapshot.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        snapshot.bytes(),
        one.freedBytes(),
        snapshot.holds().stream().sorted().toList(),
        snapshot.clones().size());
  }
}
