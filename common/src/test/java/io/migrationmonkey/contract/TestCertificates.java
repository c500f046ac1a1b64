package io.migrationmonkey.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A certificate authority of a test's own, and one certificate for 127.0.0.1 that it signed. */
public record TestCertificates(Path authority, Path certificate, Path key) {

  /** Made with openssl, as one makes those of an installation. */
  public static TestCertificates in(Path directory) {
    TestCertificates made =
        new TestCertificates(
            directory.resolve("ca.pem"),
            directory.resolve("cert.pem"),
            directory.resolve("key.pem"));
    Path authoritysKey = directory.resolve("ca-key.pem");
    String newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch";
    openssl(
        "req -x509 %s -keyout %s -out %s -days 2 -subj /CN=test-authority"
            .formatted(newKey, authoritysKey, made.authority));
    openssl(
        "req -x509 %s -keyout %s -out %s -days 2 -subj /CN=monkey -CA %s -CAkey %s -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE"
            .formatted(newKey, made.key, made.certificate, made.authority, authoritysKey));
    return made;
  }

  private static void openssl(String arguments) {
    try {
      Process process =
          new ProcessBuilder(("openssl " + arguments).split(" ")).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("openssl: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The arguments that give a service all of it as a bundle of that name. */
  public String[] bundle(String name) {
    String pem = "--spring.ssl.bundle.pem.%s.".formatted(name);
    return new String[] {
      pem + "keystore.certificate=file:" + certificate,
      pem + "keystore.private-key=file:" + key,
      pem + "truststore.certificate=file:" + authority
    };
  }
}
