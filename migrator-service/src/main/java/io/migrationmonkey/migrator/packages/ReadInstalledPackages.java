package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the packages of a server and their marks. Changes nothing there. */
record ReadInstalledPackages() implements RemoteCommand<InstalledPackages> {

  // Installed and configured; the latter two wait for nothing but a trigger.
  private static final Set<String> INSTALLED =
      Set.of("installed", "triggers-pending", "triggers-awaited");

  private static final Pattern RELEASE = Pattern.compile("[a-z0-9._-]+( [A-Za-z0-9._-]+)?");

  @Override
  public Invocation invocation() {
    return Invocation.script(
            """
            # list the installed packages
            export LC_ALL=C.UTF-8
            dpkg --print-architecture
            ( . /etc/os-release; echo "$ID${VERSION_ID:+ $VERSION_ID}" )
            echo foreign $(dpkg --print-foreign-architectures)
            dpkg-query -W -f='${Package}\\t${Architecture}\\t${Version}\\t${db:Status-Status}\\t${db:Status-Want}\\n'
            echo
            apt-mark showauto
            """)
        .within(Duration.ofMinutes(1));
  }

  @Override
  public InstalledPackages parse(Output output) {
    List<String> lines = output.stdout().lines().toList();
    int gap = lines.indexOf("");
    if (gap < 3
        || !RELEASE.matcher(lines.get(1)).matches()
        || !lines.get(2).startsWith("foreign")) {
      throw malformed(
          "an architecture, a release, foreign architectures, the packages, an empty line and marks",
          output.stdout());
    }
    List<DebianPackage> packages = new ArrayList<>();
    Set<String> held = new HashSet<>();
    for (String line : lines.subList(3, gap)) {
      String[] fields = line.split("\t", -1);
      if (fields.length != 5) {
        throw malformed("name, architecture, version, status and wish", line);
      }
      if (INSTALLED.contains(fields[3])) {
        DebianPackage p = read(fields, line);
        packages.add(p);
        if (fields[4].equals("hold")) {
          held.add(p.key());
        }
      }
    }
    List<String> foreign = List.of(lines.get(2).split(" "));
    return new InstalledPackages(
        lines.get(1),
        architecture(lines.getFirst()),
        foreign.stream()
            .skip(1)
            .map(ReadInstalledPackages::architecture)
            .collect(Collectors.toSet()),
        List.copyOf(packages),
        marks(packages, lines.getFirst(), new HashSet<>(lines.subList(gap + 1, lines.size()))),
        Set.copyOf(held));
  }

  private static String architecture(String text) {
    if (!DebianPackage.isArchitecture(text)) {
      throw malformed("an architecture of Debian", text);
    }
    return text;
  }

  /** apt-mark leaves out the architecture where it is the server's own, or all. */
  private static Set<String> marks(
      List<DebianPackage> packages, String nativeArchitecture, Set<String> marked) {
    return packages.stream()
        .filter(p ->
            marked.contains(p.key())
                || (marked.contains(p.name())
                    && Set.of(nativeArchitecture, "all").contains(p.architecture())))
        .map(DebianPackage::key)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static DebianPackage read(String[] fields, String line) {
    try {
      return new DebianPackage(fields[0], fields[1], fields[2]);
    } catch (IllegalArgumentException e) {
      MalformedOutput malformed = malformed("a package of Debian", line);
      malformed.initCause(e);
      throw malformed;
    }
  }

  private static MalformedOutput malformed(String expected, String text) {
    return new MalformedOutput("from dpkg-query and apt-mark: " + expected, text);
  }
}
