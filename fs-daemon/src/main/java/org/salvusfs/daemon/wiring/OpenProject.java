package org.salvusfs.daemon.wiring;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.Transactions;
import org.salvusfs.quota.admission.Quota;

/**
 * A project that this daemon holds and serves.
 *
 * @param name as it was called when it was opened
 * @param durability the home that its intent log has for as long as it is open
 * @param compression of chunks that are stored from now on; may be set by anybody
 * @param notice what its {@code .snapshots} say now; set by {@link SnapshotSpaces}
 */
record OpenProject(
    Fence fence,
    String name,
    Durability durability,
    AtomicReference<Compression> compression,
    AtomicReference<Optional<String>> notice,
    Tree tree,
    Transactions transactions,
    Quota quota,
    ProjectFileSystem fileSystem) {}
