package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import java.util.List;
import java.util.stream.Collectors;

/** What all scripts around apt-get have in common. */
final class Apt {

  // The packages come on standard input: there may be more than one line for a shell can hold.
  private static final String PRELUDE =
      """
      export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical
      export APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1
      set -f
      set -- $(cat)
      apt() {
        apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 \
          -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
      }
      # apt waits for dpkg's lock itself, but not for those of its lists and archives.
      patiently() {
        until=$(($(date +%s) + 120))
        said=$(mktemp)
        until "$@" 2>"$said"; do
          failed=$?
          if [ "$(date +%s)" -ge "$until" ] || ! grep -q 'Could not get lock' "$said"; then
            cat "$said" >&2
            rm -f "$said"
            return "$failed"
          fi
          sleep 2
        done
        cat "$said" >&2
        rm -f "$said"
      }
      """;

  private Apt() {}

  /**
   * @param what the script is for, in a few words: failures show it
   * @param packages the script's arguments
   */
  static Invocation script(String what, String script, List<DebianPackage> packages) {
    return Invocation.script("# " + what + "\n" + PRELUDE + script)
        .withInput(
            packages.stream()
                .map(DebianPackage::toString)
                .collect(Collectors.joining("\n", "", "\n")));
  }
}
