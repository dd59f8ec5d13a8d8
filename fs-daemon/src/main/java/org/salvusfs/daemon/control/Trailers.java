package org.salvusfs.daemon.control;

/**
 * What stands behind a file that the daemon makes while it sends it. Whoever reads it knows by that
 * whether it is whole; a connection that ends without is broken.
 */
public final class Trailers {
  /** The field by which a client says that it reads trailers, and its value. */
  public static final String TE = "TE";

  public static final String TE_TRAILERS = "trailers";

  /** JSON of the report: the file is whole. */
  public static final String REPORT = "Salvus-Report";

  /** JSON of a problem: the file is not whole. Only for clients that read trailers. */
  public static final String PROBLEM = "Salvus-Problem";

  private Trailers() {}
}
