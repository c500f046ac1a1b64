package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a server says that means harm: it is refused by name, or it is a name and nothing else. */
class HostileNamesTest {

  private static final String SHA256 = "a".repeat(64);

  @Property(tries = 500)
  void whateverAServerSaysOfItsPackagesIsRefusedOrReachesAShellAsItIs(
      @ForAll("words") String name,
      @ForAll("words") String architecture,
      @ForAll("words") String version)
      throws Exception {
    String text =
        "amd64\ndebian 12\nforeign\n%s\t%s\t%s\tinstalled\tinstall\n\n"
            .formatted(name, architecture, version);
    List<DebianPackage> packages;
    try {
      packages = new ReadInstalledPackages().parse(new Output(0, text, "")).packages();
    } catch (MalformedOutput refused) {
      return;
    }
    assertThat(packages).allMatch(p -> p.toString().matches("[a-z0-9][!-~]*"));
    assertThat(packages).allMatch(p -> p.toString().matches("[A-Za-z0-9:=.+~-]*"));
    if (!packages.isEmpty()) {
      assertThat(throughTheScripts(packages.stream().map(DebianPackage::toString).toList()))
          .isEqualTo(packages.stream().map(DebianPackage::toString).toList());
    }
  }

  @Example
  void allThatPolicyAllowsInANameReachesTheScriptsAsItIs() throws Exception {
    DebianPackage strange =
        new DebianPackage("lib0++.x-y", "musl-linux-amd64", "9:1.0~rc1+dfsg-2.1+b~x");

    List<String> words = List.of(strange.toString(), strange.repackedFile());

    assertThat(throughTheScripts(words)).isEqualTo(words);
    assertThat(strange.repackedFile()).matches("/[A-Za-z0-9/._+~-]+");
  }

  @Property(tries = 500)
  void aPathIsRefusedOrAbsoluteAndWithoutADetour(@ForAll("words") String path) {
    String text =
        "#files\n%s  %s\n#sources\n#conffiles\n=installed x\n %s 0123456789abcdef0123456789abcdef\n#md5\n#sha256\n%s  %s\n"
            .formatted(SHA256, path, path, SHA256, path);
    try {
      ActiveFiles read = new ReadActiveFiles().parse(new Output(0, text, ""));
      assertThat(read.files())
          .allSatisfy(file ->
              assertThat(file.path())
                  .startsWith("/")
                  .doesNotContain("/../", "//", "\n", "\u0000", "\u001b", "\\"));
    } catch (MalformedOutput refused) {
      assertThat(refused).hasMessageContaining("expected");
    }
  }

  @Example
  void aPathThatLeavesEtcIsRefusedByName() {
    String path = "/etc/../root/.ssh/authorized_keys";
    String text =
        "#files\n#sources\n#conffiles\n=installed evil\n %s 0123456789abcdef0123456789abcdef\n#md5\n#sha256\n"
            .formatted(path);

    assertThatThrownBy(() -> new ReadActiveFiles().parse(new Output(0, text, "")))
        .isInstanceOf(MalformedOutput.class)
        .hasMessageContaining(path)
        .hasMessageContaining("evil");
  }

  @Example
  void aPasswordInAnAddressIsNeverQuoted() {
    String text = "#files\n#sources\ndeb [arch=amd64] https//monkey-s3cret@example.org\n";

    assertThatThrownBy(() -> new ReadActiveFiles().parse(new Output(0, text, "")))
        .isInstanceOf(MalformedOutput.class)
        .hasMessageNotContaining("s3cret");
  }

  @Property(tries = 200)
  void whatAServerClaimsToOfferIsOnlyCompared(@ForAll("words") String name) {
    String text = "amd64\n %s | %s | http://x y Packages\n".formatted(name, name);

    Offers offers = new ReadOffers(List.of()).parse(new Output(0, text, ""));

    assertThat(offers.has(new DebianPackage("nginx", "amd64", "1.0"))).isFalse();
  }

  @Property(tries = 200)
  void aForeignSystemsNameIsPlainOrRefused(@ForAll("words") String name) {
    try {
      ReadPackageFamily.Family family =
          new ReadPackageFamily().parse(new Output(0, "apt\n" + name + "\n", ""));
      assertThat(family.system().chars()).noneMatch(Character::isISOControl);
    } catch (MalformedOutput refused) {
      assertThat(refused).hasMessageContaining("expected");
    }
  }

  /** What the scripts around apt get to see of their input, in a real shell. */
  private static List<String> throughTheScripts(List<String> words) throws Exception {
    Invocation script = Apt.script("test", "for word; do printf '%s\\0' \"$word\"; done\n", words);
    Process shell = new ProcessBuilder(script.arguments()).start();
    try (var in = shell.getOutputStream()) {
      in.write(String.valueOf(script.input()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(shell.exitValue()).isZero();
    return List.of(out.split("\0"));
  }

  @Provide
  Arbitrary<String> words() {
    Arbitrary<String> hostile =
        Arbitraries.of(
            ";reboot",
            "$(reboot)",
            "`id`",
            "\n",
            "\t",
            " ",
            "-oAPT::x=y",
            "=",
            "'",
            "\"",
            "*",
            "..",
            "/etc/passwd",
            "/../",
            "|",
            "&",
            "é",
            "漢",
            "\u001b[2J",
            "\\",
            "\r",
            "\u2028",
            "~",
            "\0");
    Arbitrary<String> plain =
        Arbitraries.of("nginx", "amd64", "all", "1.0", "2:1.0-1", "/etc/", "lib", "+", "-", "a");
    return Arbitraries.oneOf(hostile, plain, plain, plain)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> String.join("", parts));
  }
}
