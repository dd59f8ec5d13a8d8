package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.metadata.api.MetadataException;

final class ErrnosTest {
  @Test
  void everyFailure_hasItsErrno() {
    var cause = new IOException("cause");
    Map<IOException, Errno> expected = new LinkedHashMap<>();
    expected.put(new BlockStoreException.Full("full", cause), Errno.ENOSPC);
    expected.put(new BlockStoreException.Corrupt("damaged"), Errno.EIO);
    expected.put(new BlockStoreException.Missing("missing"), Errno.EIO);
    expected.put(new BlockStoreException.Failed("failed", cause), Errno.EIO);
    expected.put(
        new MetadataException.LogFailed("log", new BlockStoreException.Full("full", cause)),
        Errno.ENOSPC);
    expected.put(new MetadataException.LogFailed("log", cause), Errno.EIO);
    expected.put(new MetadataException.Fenced("fenced"), Errno.EIO);
    expected.put(new MetadataException.Unavailable("away"), Errno.EIO);
    expected.put(new IOException("else"), Errno.EIO);
    expected.forEach((failure, errno) -> assertEquals(errno, Errnos.errno(failure)));
  }
}
