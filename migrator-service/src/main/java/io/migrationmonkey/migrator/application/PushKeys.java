package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.util.regex.Pattern;

/**
 * The key with which the active server pushes data to the standby. It lives on the active server
 * only, and on the standby it opens rsync for writing and nothing else.
 */
public final class PushKeys {

  private static final String RRSYNC = "/usr/bin/rrsync";
  private static final String RECEIVER = RRSYNC + " -wo /";

  public static final String KEY = "/etc/migration-monkey/push/id_ed25519";
  public static final String KNOWN_HOSTS = "/etc/migration-monkey/push/known_hosts";

  /** The comment by which our line in authorized_keys is found again. */
  private static final String MARK = "migration-monkey-push";

  private static final Pattern PUBLIC_KEY = Pattern.compile("ssh-ed25519 [A-Za-z0-9+/=]{40,120}");

  private PushKeys() {}

  /** Makes the key if there is none, and returns the public half. */
  public record Make() implements RemoteCommand<String> {

    @Override
    public Invocation invocation() {
      return Invocation.script(
          """
          umask 077
          mkdir -p "$(dirname "$1")"
          [ -s "$1.pub" ] || { rm -f "$1"; ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1"; }
          cut -d' ' -f1,2 "$1.pub"
          """,
          KEY,
          MARK);
    }

    @Override
    public String parse(Output output) {
      return publicKey(output);
    }
  }

  /**
   * Lets the holder of that key, and of no other push key, write here through rsync.
   *
   * @param user the one whom the migrator logs in as; the push comes in by the same door
   */
  public static RemoteCommand<String> authorize(String user, String publicKey) {
    // rrsync reads there what rsync asks for; sudo would drop it.
    String command =
        user.equals("root")
            ? RECEIVER
            : "sudo -n --preserve-env=SSH_ORIGINAL_COMMAND -- " + RECEIVER;
    return keys(user, "restrict,command=\"%s\" %s %s".formatted(command, publicKey, MARK));
  }

  /** Lets nobody push here. */
  public static RemoteCommand<String> authorizeNobody(String user) {
    return keys(user, "");
  }

  /**
   * Ends what still receives here. Behind a cut network it would wait for a sender that is long
   * gone, and rrsync lets nobody else in meanwhile.
   */
  public static RemoteCommand<String> stopReceiving() {
    return new Run(
        Invocation.script(
            """
            # ends what still receives
            for process in /proc/[0-9]*; do
              pid=${process#/proc/}
              case $(tr '\\0' ' ' 2>/dev/null <"$process/cmdline") in
                *"$1 -wo / ")
                  children=$(cat "$process/task/$pid/children" 2>/dev/null) || true
                  kill -KILL "$pid" $children 2>/dev/null || true
                  ;;
              esac
            done
            """,
            RRSYNC));
  }

  /** Reads the server's own host key, over a connection that has proven it. */
  public record HostKey() implements RemoteCommand<String> {

    @Override
    public Invocation invocation() {
      return Invocation.of("cut", "-d", " ", "-f1,2", "/etc/ssh/ssh_host_ed25519_key.pub");
    }

    @Override
    public String parse(Output output) {
      return publicKey(output);
    }
  }

  /** Pins the standby's host key for the push. */
  public static RemoteCommand<String> pin(String address, int port, String hostKey) {
    String host = port == 22 ? address : "[%s]:%d".formatted(address, port);
    return new Run(
        Invocation.script(
                """
                umask 077
                mkdir -p "$(dirname "$1")"
                cat > "$1.new"
                mv "$1.new" "$1"
                """,
                KNOWN_HOSTS)
            .withInput("%s %s\n".formatted(host, hostKey)));
  }

  private static String publicKey(Output output) {
    String key = output.stdout().strip();
    if (!PUBLIC_KEY.matcher(key).matches()) {
      throw new MalformedOutput("an ed25519 public key", output.stdout());
    }
    return key;
  }

  // Written beside and moved: an interrupted write must not lock the operator out.
  private static RemoteCommand<String> keys(String user, String line) {
    return new Run(
        Invocation.script(
            """
            umask 077
            home=$(getent passwd "$1" | cut -d: -f6)
            group=$(id -g "$1")
            [ -d "$home" ] || { echo "$1 has no home directory here" >&2; exit 3; }
            keys=$home/.ssh/authorized_keys
            [ -d "$home/.ssh" ] || install -d -m 700 -o "$1" -g "$group" "$home/.ssh"
            touch "$keys"
            { grep -v " $2\\$" "$keys" || true
              [ -z "$3" ] || printf '%s\\n' "$3"; } > "$keys.monkey"
            chown "$1:$group" "$keys.monkey"
            mv "$keys.monkey" "$keys"
            """,
            user, MARK, line));
  }
}
