package org.salvusfs.daemon.wiring;

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
 * @param durability the home that its intent log has for as long as it is open
 * @param compression of chunks that are stored from now on; may be set by anybody
 */
record OpenProject(
    Fence fence,
    Durability durability,
    AtomicReference<Compression> compression,
    Tree tree,
    Transactions transactions,
    Quota quota,
    ProjectFileSystem fileSystem) {}
