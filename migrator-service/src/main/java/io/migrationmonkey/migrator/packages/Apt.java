package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import java.util.List;
import java.util.stream.Collectors;

/** What all scripts around apt-get have in common. */
final class Apt {

  /**
   * Gives way to everything else on the server, as far as it can, and is not what the OOM killer
   * takes first. A server may lack the rights or the tools for that, which is no reason to stop.
   */
  static final String MODESTLY =
      """
      renice -n 15 -p $$ >/dev/null 2>&1 || true
      ionice -c 3 -p $$ >/dev/null 2>&1 || true
      { echo -500 >/proc/$$/oom_score_adj; } 2>/dev/null || true
      """;

  // The packages come on standard input: there may be more than one line for a shell can hold.
  private static final String PRELUDE =
      MODESTLY
          + """
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
   * @param words the script's arguments: packages or paths of packages, none with a space in it
   */
  static Invocation script(String what, String script, List<String> words) {
    return Invocation.script("# " + what + "\n" + PRELUDE + script)
        .withInput(words.stream().collect(Collectors.joining("\n", "", "\n")));
  }
}
