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

  /** Lets the holder of that key, and of no other push key, write here through rsync. */
  public static RemoteCommand<String> authorize(String publicKey) {
    return keys("restrict,command=\"/usr/bin/rrsync -wo /\" %s %s".formatted(publicKey, MARK));
  }

  /** Lets nobody push here. */
  public static RemoteCommand<String> authorizeNobody() {
    return keys("");
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
  private static RemoteCommand<String> keys(String line) {
    return new Run(
        Invocation.script(
            """
            umask 077
            mkdir -p /root/.ssh
            touch /root/.ssh/authorized_keys
            { grep -v " $1\\$" /root/.ssh/authorized_keys || true
              [ -z "$2" ] || printf '%s\\n' "$2"; } > /root/.ssh/authorized_keys.monkey
            mv /root/.ssh/authorized_keys.monkey /root/.ssh/authorized_keys
            """,
            MARK, line));
  }
}
