package org.salvusfs.metadata.txg;

import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;

/** A project as of each call: every get and every scan sees the state at its own beginning. */
final class LiveView implements View {
  private volatile @Nullable Groups groups;

  /** Contents are made before the groups that they belong to: until then nothing can be read. */
  void attach(Groups to) {
    groups = to;
  }

  private Layers now() {
    Groups attached = groups;
    if (attached == null) {
      throw new IllegalStateException("the project is not open yet");
    }
    return attached.state().view();
  }

  @Override
  public byte @Nullable [] get(Key key) throws MetadataException {
    return now().get(key);
  }

  @Override
  public Cursor scan(Key from, Key to) throws MetadataException {
    return now().scan(from, to);
  }
}
