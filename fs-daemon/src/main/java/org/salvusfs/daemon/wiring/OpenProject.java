package org.salvusfs.daemon.wiring;

import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.Transactions;
import org.salvusfs.quota.admission.Quota;

/** A project that this daemon holds and serves. */
record OpenProject(
    Fence fence, Tree tree, Transactions transactions, Quota quota, ProjectFileSystem fileSystem) {}
