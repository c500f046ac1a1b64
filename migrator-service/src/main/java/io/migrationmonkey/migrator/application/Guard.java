package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.util.List;

/**
 * Puts the server's boot guard, which Ansible has installed, before each of the application's units
 * and before no other. It answers whether there is one.
 *
 * @param units all of the application's
 */
public record Guard(List<String> units) implements RemoteCommand<Boolean> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
        """
        # puts the boot guard before the application's units
        guard=/opt/migration-monkey/guard
        dropin=50-migration-monkey.conf
        changed=
        guarded=
        [ ! -x "$guard" ] || guarded=yes
        # Without the guard, or off our list, a unit must start as it did before.
        for file in /etc/systemd/system/*.service.d/"$dropin"; do
          [ -e "$file" ] || continue
          folder=${file%/*}
          unit=${folder##*/}
          unit=${unit%.d}
          ours=
          for known; do [ "$known" != "$unit" ] || ours=$guarded; done
          if [ -z "$ours" ]; then
            rm "$file"
            rmdir --ignore-fail-on-non-empty "$folder"
            changed=yes
          fi
        done
        if [ "$guarded" ]; then
          for unit; do
            folder=/etc/systemd/system/$unit.d
            mkdir -p "$folder"
            printf '# The application runs on the active server alone.\\n[Service]\\nExecCondition=+%s %%n\\n' \
              "$guard" > "$folder/$dropin.new"
            if cmp -s "$folder/$dropin.new" "$folder/$dropin"; then
              rm "$folder/$dropin.new"
            else
              mv "$folder/$dropin.new" "$folder/$dropin"
              changed=yes
            fi
          done
        fi
        [ -z "$changed" ] || systemctl daemon-reload
        echo "${guarded:-no}"
        """,
        units.toArray(String[]::new));
  }

  @Override
  public Boolean parse(Output output) {
    return switch (output.stdout().strip()) {
      case "yes" -> true;
      case "no" -> false;
      default -> throw new MalformedOutput("yes or no", output.stdout());
    };
  }
}
