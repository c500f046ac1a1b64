package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The public conformance suite for HTTP/2 and HPACK, h2spec, against the front. */
class H2specTest {

  private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

  @TempDir private Path directory;

  private String h2spec(int port, String... more) throws Exception {
    Path archive = directory.resolve("h2spec.tar.gz");
    try (InputStream in = H2specTest.class.getResourceAsStream(ARCHIVE)) {
      Files.copy(in, archive);
    }
    run("tar", "-xzf", archive.toString(), "-C", directory.toString());
    List<String> command = new ArrayList<>();
    command.add(directory.resolve("h2spec").toString());
    command.addAll(
        List.of("-h", "127.0.0.1", "-p", String.valueOf(port), "-o", "8", "-P", "/some/path"));
    command.addAll(List.of(more));
    return run(command.toArray(String[]::new));
  }

  private String run(String... command) throws Exception {
    File output = directory.resolve("output").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    assertThat(process.waitFor(240, TimeUnit.SECONDS)).as("it ends").isTrue();
    return Files.readString(output.toPath());
  }

  private static void passes(String output) {
    System.out.println(output.substring(Math.max(0, output.length() - 4000)));
    Matcher summary = SUMMARY.matcher(output);
    assertThat(summary.find()).as(output).isTrue();
    assertThat(Integer.parseInt(summary.group(1))).isGreaterThan(140);
    assertThat(summary.group(4)).as("failed").isEqualTo("0");
  }

  @Test
  @Timeout(300)
  void everyTestOfTheSuitePassesWithoutTls() throws Exception {
    try (Watched watched = new Watched();
        ProxyUnderTest proxy = ProxyUnderTest.started()) {
      passes(h2spec(proxy.server.port(), "-S"));
      assertThat(watched.leaks()).isEmpty();
      assertThat(watched.errors()).isEmpty();
    }
  }

  @Test
  @Timeout(300)
  void everyTestOfTheSuitePassesOverTls() throws Exception {
    try (Watched watched = new Watched();
        ProxyUnderTest proxy =
            ProxyUnderTest.with(settings -> {
              try {
                settings.bundles.registerBundle("web", TestCertificate.named("h2spec").bundle());
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
              settings.bundle = "web";
              settings.header = Duration.ofSeconds(10);
              return settings;
            })) {
      passes(h2spec(proxy.server.tlsPort(), "-t", "-k"));
      assertThat(watched.leaks()).isEmpty();
      assertThat(watched.errors()).isEmpty();
    }
  }
}
