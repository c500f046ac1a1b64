package io.migrationmonkey.proxy.forwarding;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** A certificate of a test's own, and clients that take any. */
public record TestCertificate(String certificatePem, String keyPem, X509Certificate certificate) {

  public static TestCertificate named(String name) throws Exception {
    X509Bundle made =
        new CertificateBuilder()
            .subject("CN=" + name)
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .algorithm(CertificateBuilder.Algorithm.ecp256)
            .buildSelfSigned();
    return new TestCertificate(
        made.getCertificatePathPEM(), made.getPrivateKeyPEM(), made.getCertificate());
  }

  String name() {
    return certificate.getSubjectX500Principal().getName();
  }

  SslBundle bundle() {
    SslStoreBundle stores =
        new PemSslStoreBundle(
            PemSslStoreDetails.forCertificate(certificatePem).withPrivateKey(keyPem), null);
    return SslBundle.of(stores);
  }

  /** Takes whatever certificate it sees. */
  public static SSLContext trusting() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    X509TrustManager any =
        new javax.net.ssl.X509ExtendedTrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkClientTrusted(
              X509Certificate[] chain, String type, java.net.Socket socket) {}

          @Override
          public void checkServerTrusted(
              X509Certificate[] chain, String type, java.net.Socket socket) {}

          @Override
          public void checkClientTrusted(
              X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

          @Override
          public void checkServerTrusted(
              X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(null, new TrustManager[] {any}, null);
    return context;
  }
}
