package org.salvusfs.metadata.check;

import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.NodeVisitor;
import org.salvusfs.metadata.tree.Tree;

/**
 * Checks a project at a committed root: every node, every item, and what items say of each other
 * and of chunks. Thread-safe; a check runs on the caller's thread.
 */
public final class Checker {
  private final Tree tree;
  private final ChunkStore chunks;
  private final BlockCodec codec;

  /**
   * @param tree over nodes as they are stored, not over a cache
   * @param chunks what is stored, likewise
   * @param codec opens chunks in a deep check
   */
  public Checker(Tree tree, ChunkStore chunks, BlockCodec codec) {
    this.tree = tree;
    this.chunks = chunks;
    this.codec = codec;
  }

  /**
   * Walks the whole tree. Damage is reported and does not end the check.
   *
   * @throws MetadataException.Unavailable if the node store did not answer: nothing is known
   */
  public CheckReport check(BlockId root, CheckOptions options, CheckProgress progress)
      throws MetadataException {
    var findings = new Findings(options.findingsMax());
    var links = new LinkTable();
    var chunkCheck = new ChunkCheck(chunks, codec, options, findings);
    var inodeCheck = new InodeCheck(findings, links, chunkCheck);
    var itemWalk = new ItemWalk(findings, inodeCheck, progress);
    tree.walk(root, itemWalk);
    CountersItem counted = inodeCheck.finish();
    var linkCheck = new LinkCheck(links, findings, tree.view(root));
    if (linkCheck.inodes()) {
      tree.walk(root, new EntryWalk(linkCheck));
    }
    return new CheckReport(
        findings.listed(),
        findings.unlisted(),
        itemWalk.nodes,
        itemWalk.items,
        chunkCheck.checked(),
        counted,
        itemWalk.isComplete);
  }

  /** The first walk: every node and every item. */
  private static final class ItemWalk implements NodeVisitor {
    private final Findings findings;
    private final InodeCheck inodeCheck;
    private final CheckProgress progress;
    private final SizeEstimate estimate = new SizeEstimate();
    private long nodes;
    private long items;
    private boolean isComplete = true;

    ItemWalk(Findings findings, InodeCheck inodeCheck, CheckProgress progress) {
      this.findings = findings;
      this.inodeCheck = inodeCheck;
      this.progress = progress;
    }

    @Override
    public void node(BlockId id, Node node) {
      nodes++;
      estimate.node(node);
      if (node.isLeaf()) {
        for (int i = 0; i < node.count(); i++) {
          inodeCheck.item(node.key(i), node.value(i));
        }
        items += node.count();
        progress.at(items, Math.max(items, estimate.items()));
      }
    }

    @Override
    public void damaged(BlockId id, MetadataException why) {
      isComplete = false;
      findings.add(new Finding.DamagedNode(id, String.valueOf(why.getMessage())));
    }
  }

  /** The second walk, if it is needed: every directory entry that can be read. */
  private static final class EntryWalk implements NodeVisitor {
    private final LinkCheck linkCheck;

    EntryWalk(LinkCheck linkCheck) {
      this.linkCheck = linkCheck;
    }

    @Override
    public void node(BlockId id, Node node) throws MetadataException {
      for (int i = 0; node.isLeaf() && i < node.count(); i++) {
        Key key = node.key(i);
        byte[] value = node.value(i);
        if (key.bytes().length > Keys.first(0, Keys.DIRENT).bytes().length
            && key.kind() == Keys.DIRENT
            && value.length == DirentItem.BYTES) {
          linkCheck.entry(key, DirentItem.decode(value));
        }
      }
    }

    @Override
    public void damaged(BlockId id, MetadataException why) {
      // The first walk has reported it.
    }
  }
}
