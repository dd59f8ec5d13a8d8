package org.salvusfs.metadata.sim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.HostRow;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.MetadataException;

/** Host rows in memory. State is guarded by the lock of {@link Faults}. */
final class SimHosts implements HostStore {
  private final Faults faults;
  private final Map<UUID, HostRow> rows = new HashMap<>();

  SimHosts(Faults faults) {
    this.faults = faults;
  }

  @Override
  public @Nullable HostRow read(UUID host) throws MetadataException {
    return faults.<@Nullable HostRow>run("read host", () -> rows.get(host));
  }

  @Override
  public void write(HostRow row) throws MetadataException {
    faults.<@Nullable HostRow>run("write host", () -> rows.put(row.host(), row));
  }

  @Override
  public List<HostRow> list() throws MetadataException {
    return faults.run("list hosts", () -> List.copyOf(rows.values()));
  }
}
