package org.salvusfs.metadata.sim;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;

/** Wrapped keys in memory. State is guarded by the lock of {@link Faults}. */
final class SimProjectKeys implements ProjectKeyStore {
  private final Faults faults;
  private final Map<ProjectId, byte[]> keys = new HashMap<>();

  SimProjectKeys(Faults faults) {
    this.faults = faults;
  }

  @Override
  public void create(ProjectId project, byte[] wrapped) throws MetadataException {
    byte[] copy = wrapped.clone();
    faults.<byte @Nullable []>run("create key", () -> keys.put(project, copy));
  }

  @Override
  public byte @Nullable [] find(ProjectId project) throws MetadataException {
    return faults.<byte @Nullable []>run(
        "find key",
        () -> {
          byte[] found = keys.get(project);
          return found == null ? null : found.clone();
        });
  }

  @Override
  public void destroy(ProjectId project) throws MetadataException {
    faults.<byte @Nullable []>run("destroy key", () -> keys.remove(project));
  }
}
