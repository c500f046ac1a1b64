package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes packages again out of what they installed, where no repository has them.
 *
 * <p>By dpkg, tar and gzip alone, which every Debian has: dpkg-repack would bring seven more
 * packages to a server that is short of memory, and its compression alone takes 100 MB. Nothing is
 * copied on the way, so that it needs the disk of the finished packages only.
 */
record RepackPackages(List<DebianPackage> packages) implements RemoteCommand<String> {

  static final String FOLDER = "/var/cache/migration-monkey/packages";

  @Override
  public Invocation invocation() {
    return Invocation.script(
            "# repack packages\n"
                + Apt.MODESTLY
                + """
                export LC_ALL=C.UTF-8
                set -f
                umask 077
                mkdir -p "$1"
                cd "$1"
                rm -rf .work

                member() {
                  size=$(stat -c %s "$2")
                  printf '%-16s%-12s%-6s%-6s%-8s%-10s`\\n' "$1" 0 0 0 100644 "$size"
                  cat "$2"
                  [ $((size % 2)) = 0 ] || echo
                }
                control() {
                  mkdir control
                  dpkg-query -s "$package" | awk '
                    /^[^ \\t]/ { keep = !/^(Status|Conffiles|Config-Version|Triggers-Pending|Triggers-Awaited):/ }
                    keep' >control/control
                  for part in $(dpkg-query --control-list "$package"); do
                    case $part in
                      md5sums | conffiles | list) ;;
                      *) cp -p "$(dpkg-query --control-path "$package" "$part")" "control/$part" ;;
                    esac
                  done
                  dpkg-query -W -f='${Conffiles}\\n' "$package" |
                    sed -n 's/^ \\(\\/.*\\) [0-9a-f]\\{32\\}$/\\1/p' |
                    while IFS= read -r path; do
                      if [ -f "$path" ]; then printf '%s\\n' "$path"; fi
                    done >control/conffiles
                  [ -s control/conffiles ] || rm control/conffiles
                  chmod 755 control
                  tar -C control --owner=root:0 --group=root:0 --mode=u+rw,go+r,go-w -cf - . | gzip -1 >control.tar.gz
                }
                data() {
                  dpkg-query -L "$package" >listed
                  if grep -q -e ' diverted by ' -e '^diverted by ' -e '^locally diverted ' listed; then
                    echo "$package cannot be repacked: another package diverts a file of it" >&2
                    return 1
                  fi
                  # A link on the way to other files is the system's, such as /lib, and not the package's.
                  while IFS= read -r path; do
                    if [ -L "$path" ] && [ -d "$path" ] && grep -qF -- "$path/" listed; then continue; fi
                    if [ -e "$path" ] || [ -L "$path" ]; then printf '.%s\\n' "$path"; fi
                  done <listed >present
                  tar -C / --no-recursion --verbatim-files-from -T present -cf data.tar || [ $? = 1 ]
                  gzip -1 data.tar
                }

                wanted=$(cat)
                for line in $wanted; do
                  spec=${line%%|*}
                  file=${line#*|}
                  package=${spec%%=*}
                  if [ ! -s "$file" ]; then
                    echo "repacking $spec"
                    mkdir .work
                    cd .work
                    control
                    data
                    echo 2.0 >debian-binary
                    { echo '!<arch>'
                      member debian-binary debian-binary
                      member control.tar.gz control.tar.gz
                      member data.tar.gz data.tar.gz; } >deb
                    [ "$(dpkg-deb -f deb Version)" = "${spec#*=}" ]
                    mv deb "$file"
                    cd ..
                    rm -rf .work
                  fi
                done
                # What an earlier migration made and nobody asks for any more.
                set +f
                for old in *.deb; do
                  case "$wanted" in *"$1/$old"*) ;; *) rm -f "./$old" ;; esac
                done
                """,
            FOLDER)
        .withInput(
            packages.stream()
                .map(p -> "%s|%s".formatted(p, p.repackedFile()))
                .collect(Collectors.joining("\n", "", "\n")))
        .within(Duration.ofMinutes(30));
  }

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
