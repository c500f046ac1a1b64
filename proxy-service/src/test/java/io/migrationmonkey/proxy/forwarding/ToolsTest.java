package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others have written to speak HTTP: curl, and h2load of nghttp2. */
class ToolsTest {

  @TempDir private Path directory;

  private final ProxyUnderTest proxy =
      ProxyUnderTest.with(settings -> {
        try {
          settings.bundles.registerBundle("web", TestCertificate.named("tools").bundle());
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
        settings.bundle = "web";
        return settings;
      });

  @AfterEach
  void stop() {
    proxy.close();
  }

  private String run(String... command) throws Exception {
    File output = Files.createTempFile(directory, "output", "").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).as("it ends").isTrue();
    String said = Files.readString(output.toPath());
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  private static boolean has(String tool) {
    return Files.isExecutable(Path.of("/usr/bin", tool));
  }

  private String curl(String url, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("curl", "-sS", "-k", "-m", "30", "-w", " %{http_version} %{http_code}"));
    command.addAll(List.of(options));
    command.add(url);
    return run(command.toArray(String[]::new));
  }

  @Test
  void curlSpeaksEveryVersionItCan() throws Exception {
    assumeThat(has("curl")).isTrue();
    String plain = "http://localhost:" + proxy.server.port() + "/";
    String tls = "https://localhost:" + proxy.server.tlsPort() + "/";
    assertThat(curl(plain)).isEqualTo("production 1.1 200");
    assertThat(curl(plain, "--http2-prior-knowledge")).isEqualTo("production 2 200");
    // An offer to upgrade by header is passed over, as RFC 9113 has it.
    assertThat(curl(plain, "--http2")).isEqualTo("production 1.1 200");
    assertThat(curl(plain, "--http1.0")).isEqualTo("production 1.1 200");
    assertThat(curl(tls, "--http2")).isEqualTo("production 2 200");
    assertThat(curl(tls, "--http1.1")).isEqualTo("production 1.1 200");
    assertThat(curl(tls, "--tls-max", "1.2")).isEqualTo("production 2 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
  void curlSendsAndGetsAFewMegabytes(String version) throws Exception {
    assumeThat(has("curl")).isTrue();
    proxy.production.answers(call -> {
      byte[] body = call.body();
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(body.length));
      call.out().write(body);
    });
    Path sent = directory.resolve("sent");
    Path got = directory.resolve("got");
    Files.write(sent, "0123456789".repeat(500_000).getBytes());
    curl(
        "http://localhost:" + proxy.server.port() + "/",
        version,
        "--data-binary",
        "@" + sent,
        "-o",
        got.toString());
    assertThat(Files.mismatch(sent, got)).isEqualTo(-1);
  }

  @Test
  void h2loadGetsAnAnswerToEveryRequest() throws Exception {
    assumeThat(has("h2load")).isTrue();
    for (String url :
        new String[] {
          "http://localhost:" + proxy.server.port() + "/",
          "https://localhost:" + proxy.server.tlsPort() + "/"
        }) {
      assertThat(run("h2load", "-n", "2000", "-c", "8", "-m", "20", url))
          .contains("2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored");
    }
  }
}
