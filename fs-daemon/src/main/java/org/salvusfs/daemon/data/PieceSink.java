package org.salvusfs.daemon.data;

import java.io.IOException;

/** Receives the data of a range in ascending order; what is left out between pieces is a hole. */
interface PieceSink {
  /** Whether to go on. */
  boolean accept(Piece piece) throws IOException;
}
