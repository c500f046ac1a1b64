package io.migrationmonkey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.migrationmonkey.contract.TestCertificates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.context.ConfigurableApplicationContext;

/** What docs/security.md says of TLS, with PEM files that openssl made. */
class TlsTest {

  @TempDir Path directory;

  @Test
  void aServiceAnswersByTlsAloneAndWhereItAsksForACertificateOnlyToWhoHasOne() throws Exception {
    TestCertificates made = TestCertificates.in(directory);
    try (HttpClient trusting = client(made, false);
        HttpClient known = client(made, true)) {
      try (ConfigurableApplicationContext service = start(made)) {
        assertThat(get(trusting, "https", service)).isEqualTo(200);
        // In plain HTTP Tomcat only says that it should be TLS.
        assertThat(get(trusting, "http", service)).isEqualTo(400);
      }
      try (ConfigurableApplicationContext service = start(made, "--server.ssl.client-auth=need")) {
        assertThat(get(known, "https", service)).isEqualTo(200);
        assertThatIOException().isThrownBy(() -> get(trusting, "https", service));
      }
    }
  }

  private ConfigurableApplicationContext start(TestCertificates made, String... more) {
    List<String> arguments = new ArrayList<>(List.of(made.bundle("rest")));
    arguments.addAll(List.of(more));
    arguments.add("--server.ssl.bundle=rest");
    arguments.add("--server.port=0");
    arguments.add("--monkey.access.tokens=" + TestTokens.in(directory));
    return new SpringApplication(AccessTest.Service.class).run(arguments.toArray(String[]::new));
  }

  private static HttpClient client(TestCertificates made, boolean showsCertificate) {
    PemSslStoreDetails own =
        PemSslStoreDetails.forCertificate("file:" + made.certificate())
            .withPrivateKey("file:" + made.key());
    PemSslStoreDetails trusted = PemSslStoreDetails.forCertificate("file:" + made.authority());
    PemSslStoreBundle stores = new PemSslStoreBundle(showsCertificate ? own : null, trusted);
    return HttpClient.newBuilder().sslContext(SslBundle.of(stores).createSslContext()).build();
  }

  private static int get(HttpClient http, String scheme, ConfigurableApplicationContext service)
      throws Exception {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    return http.send(
            HttpRequest.newBuilder(
                    URI.create("%s://127.0.0.1:%s/api/thing".formatted(scheme, port)))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", TestTokens.bearer(TestTokens.VIEWING))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }
}
