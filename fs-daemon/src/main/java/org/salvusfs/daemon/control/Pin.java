package org.salvusfs.daemon.control;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts one certificate and no other, whoever has signed it and whatever name is in it. A daemon
 * announces its own in its data directory, which only the owner can write.
 *
 * @param sha256 of the certificate's DER form, in hex
 */
public record Pin(String sha256) {
  /** The pin of a certificate. */
  public static Pin of(Certificate certificate) throws CertificateEncodingException {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return new Pin(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Makes a connection refuse every other certificate. */
  void apply(HttpsURLConnection connection) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new OnlyThis()}, null);
      connection.setSSLSocketFactory(context.getSocketFactory());
      // The certificate is the very one: which names are in it does not matter.
      connection.setHostnameVerifier((host, session) -> true);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  private final class OnlyThis implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String how)
        throws CertificateException {
      if (chain.length == 0 || !Pin.of(chain[0]).equals(Pin.this)) {
        throw new CertificateException("this is not the certificate that the daemon announced");
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String how)
        throws CertificateException {
      throw new CertificateException("this end is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
