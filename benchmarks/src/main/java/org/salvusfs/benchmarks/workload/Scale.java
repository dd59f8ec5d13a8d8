package org.salvusfs.benchmarks.workload;

/**
 * The sizes of the workloads.
 *
 * @param factor 1 for the documented set; less for trying it out. No amount shrinks below a small
 *     number that still makes sense
 */
record Scale(double factor) {
  private static final int LEAST = 10;

  /** Files of the generated trees and of a repository's working tree. */
  int treeFiles() {
    return of(5000);
  }

  /** Commits of a generated repository after the first. */
  int commits() {
    return of(20);
  }

  /** Files of 1 KiB. */
  int smallFiles() {
    return of(10_000);
  }

  /** The file that dd writes and reads, in MiB. */
  int bigMib() {
    return of(512);
  }

  /**
   * Memory that is at hand when a measurement begins: what a client and a server keep of the file.
   */
  int memoryMib() {
    return 3 * bigMib();
  }

  /** The file that fio works in, in MiB. */
  int fioMib() {
    return of(256);
  }

  /** Pages that fio reads or writes at random places. */
  int fioPages() {
    return of(8192);
  }

  /** The same of reads that ask nobody: as many as take long enough for fio's clock. */
  int fioWarmPages() {
    return of(131_072);
  }

  /** Writes of 4 KiB, each followed by fsync. */
  int syncedWrites() {
    return of(1000);
  }

  /** Transactions of one row. */
  int singleInserts() {
    return of(300);
  }

  /** Rows inserted by one transaction. */
  int bulkInserts() {
    return of(200_000);
  }

  /** The sizes for each of several that work at once, so that together they do as much. */
  Scale half() {
    return new Scale(factor / 2);
  }

  private int of(int full) {
    return (int) Math.max(LEAST, Math.round(full * factor));
  }
}
