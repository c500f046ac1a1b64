package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;

/**
 * Downloads packages, and installs them once all are there. No service starts, stops or restarts
 * meanwhile, changed configuration files stay as they are, and nothing is removed.
 *
 * <p>It goes on to its end when the connection breaks: a package tool that is cut off in the middle
 * leaves a mess. It repairs what an earlier one left when even that was not granted.
 */
record InstallPackages(InstallOrder order) implements RemoteCommand<String> {

  @Override
  public Invocation invocation() {
    return Apt.script(
            "install packages",
            """
            policy=/usr/sbin/policy-rc.d
            kept=$policy.kept-by-migration-monkey
            sign='# Migration Monkey: no service starts while packages are installed.'

            allow_services() {
              if grep -qsF "$sign" "$policy"; then
                if [ -e "$kept" ] || [ -L "$kept" ]; then mv -f "$kept" "$policy"; else rm -f "$policy"; fi
              fi
              rm -f "$kept"
            }
            forbid_services() {
              if [ -e "$policy" ] || [ -L "$policy" ]; then cp -a "$policy" "$kept"; fi
              printf '#!/bin/sh\\n%s\\nexit 101\\n' "$sign" >"$policy.new"
              chmod 755 "$policy.new"
              mv -f "$policy.new" "$policy"
            }
            work() {
              trap '' HUP PIPE
              trap 'exit 143' INT TERM
              trap allow_services EXIT
              allow_services
              forbid_services
              dpkg --force-confdef --force-confold --configure -a 9>&- ||
                echo 'some packages cannot be configured yet; going on'
              apt-get -qq check >/dev/null 2>&1 9>&- || {
                echo 'mending broken dependencies'
                patiently apt --no-remove \
                  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
                  --fix-broken install 9>&- || echo 'not all of them can be mended yet; going on'
              }
              # What dpkg was killed over while unpacking is unpacked again only when asked for so; all
              # that is there already is not among the arguments.
              again=
              if dpkg-query -W -f='${db:Status-Eflag}\\n' | grep -q reinstreq; then again=--reinstall; fi
              patiently apt --no-install-recommends --no-remove OPTIONS $again --download-only install "$@" 9>&-
              apt --no-install-recommends --no-remove OPTIONS $again \
                -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
                -o APT::Keep-Downloaded-Packages=false install "$@" 9>&-
            }

            exec 9>/run/migration-monkey-packages.lock
            if ! flock -w 120 9; then
              echo 'another installation by Migration Monkey still runs on this server' >&2
              exit 75
            fi
            log=/var/log/migration-monkey-packages.log
            : >"$log"
            ( work "$@" ) >"$log" 2>&1 </dev/null &
            worker=$!
            tail -n +1 -s 0.2 -f --pid="$worker" "$log" 9>&- || true
            wait "$worker"
            """
                .replace("OPTIONS", order.options()),
            order.words())
        .within(Duration.ofMinutes(60));
  }

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
