package org.salvusfs.quota.admission;

/** Hears notices, on the thread whose operation caused them: return quickly, do not block. */
@FunctionalInterface
public interface QuotaListener {
  /** Hears nothing. */
  QuotaListener NONE = notice -> {};

  void heard(Notice notice);
}
