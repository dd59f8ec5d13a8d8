package org.salvusfs.daemon.fuse.jnr;

import org.salvusfs.daemon.fs.Caller;
import ru.serce.jnrfuse.struct.FuseContext;

/** Says who asks for the operation that the calling thread performs. */
final class Callers {
  private final LibFuse2 library;

  Callers(LibFuse2 library) {
    this.library = library;
  }

  Caller present() {
    FuseContext context = library.fuse_get_context();
    return new Caller(
        context.uid.intValue(),
        context.gid.intValue(),
        context.pid.intValue(),
        context.umask.intValue());
  }
}
