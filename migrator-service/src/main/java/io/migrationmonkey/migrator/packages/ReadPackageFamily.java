package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.util.List;

/** Finds out whose packages a server has. */
record ReadPackageFamily() implements RemoteCommand<ReadPackageFamily.Family> {

  /**
   * The tools of a server.
   *
   * @param tool {@code apt}, {@code dnf}, {@code apk}, or {@code none} of those that are known
   * @param system the distribution's name for itself
   */
  record Family(String tool, String system) {}

  @Override
  public Invocation invocation() {
    return Invocation.script(
        """
        # find the package tools
        if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then echo apt
        elif command -v dnf >/dev/null || command -v yum >/dev/null; then echo dnf
        elif command -v apk >/dev/null; then echo apk
        elif command -v zypper >/dev/null; then echo zypper
        elif command -v pacman >/dev/null; then echo pacman
        else echo none; fi
        ( . /etc/os-release; echo "${PRETTY_NAME:-$ID}" ) 2>/dev/null || uname -sr
        """);
  }

  @Override
  public Family parse(Output output) {
    List<String> lines = output.stdout().lines().toList();
    if (lines.size() != 2
        || !lines.getFirst().matches("[a-z]+")
        || !lines.get(1).matches("[\\p{L}\\p{N}\\p{P}\\p{S} ]{1,100}")) {
      throw new MalformedOutput("package tools and a system's name", output.stdout());
    }
    return new Family(lines.getFirst(), lines.get(1));
  }
}
