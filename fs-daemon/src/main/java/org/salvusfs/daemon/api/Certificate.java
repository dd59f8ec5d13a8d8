package org.salvusfs.daemon.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.Pin;
import org.salvusfs.daemon.management.DaemonException;

/**
 * What the API shows to prove who it is.
 *
 * @param options for Vert.x
 * @param pin by which the commands know it
 */
record Certificate(PemKeyCertOptions options, Pin pin) {
  /** The configured one; empty: there is no TLS. */
  static Optional<Certificate> of(DaemonConfig.Control control) throws DaemonException.Obstructed {
    if (control.tls().isEmpty()) {
      return Optional.empty();
    }
    var tls = control.tls().get();
    byte[] chain = bytes(tls.certificate());
    try {
      var first =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(chain));
      var options =
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(chain))
              .addKeyValue(Buffer.buffer(bytes(tls.key())));
      return Optional.of(new Certificate(options, Pin.of(first)));
    } catch (CertificateException e) {
      throw new DaemonException.Obstructed(
          tls.certificate() + " holds no certificate in PEM form (" + e.getMessage() + ")", e);
    }
  }

  private static byte[] bytes(Path file) throws DaemonException.Obstructed {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new DaemonException.Obstructed(file + " cannot be read (" + e + ")", e);
    }
  }
}
