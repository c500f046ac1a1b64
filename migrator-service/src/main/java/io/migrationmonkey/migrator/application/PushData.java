package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One round of rsync from the active server straight to the standby: what differs is sent, what is
 * gone on the active server goes on the standby.
 *
 * <p>It runs as a transient systemd unit, so that the OOM killer passes it over and a round left
 * behind by a migrator that died can be found and stopped.
 *
 * @param paths absolute; each arrives at the same place
 * @param toAddress the standby's host name or address, as the active server knows it
 * @param port of the standby's sshd
 * @param priority how much of the active server it may take
 */
public record PushData(
    List<String> paths,
    String user,
    String toAddress,
    int port,
    Priority priority,
    Duration timeout)
    implements RemoteCommand<PushData.Round> {

  static final String UNIT = "migration-monkey-push";

  private static final Pattern SENT = Pattern.compile("Total bytes sent: ([\\d,]+)");
  private static final Pattern CHANGED =
      Pattern.compile("Total transferred file size: ([\\d,]+) bytes");
  private static final Pattern FILES =
      Pattern.compile("Number of regular files transferred: ([\\d,]+)");

  /**
   * What a round moved.
   *
   * @param bytesSent over the network
   * @param bytesChanged the size of the files that differed
   */
  public record Round(long bytesSent, long bytesChanged, long files) {}

  @Override
  public Invocation invocation() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "systemd-run",
                "--quiet",
                "--pipe",
                "--wait",
                "--collect",
                "--service-type=exec",
                "--unit=" + UNIT));
    arguments.addAll(priority.properties());
    arguments.addAll(
        List.of(
            "rsync",
            "-aHAXR",
            "--no-implied-dirs",
            "--delete",
            "--whole-file",
            "--stats",
            "--info=progress2",
            "--outbuf=L",
            "--timeout=60",
            "-e",
            ("ssh -i %s -o UserKnownHostsFile=%s -o GlobalKnownHostsFile=/dev/null"
                    + " -o StrictHostKeyChecking=yes -o BatchMode=yes -o ConnectTimeout=10"
                    + " -o IdentitiesOnly=yes -o IdentityAgent=none -p %d"
                    + " -c aes128-gcm@openssh.com")
                .formatted(PushKeys.KEY, PushKeys.KNOWN_HOSTS, port),
            "--"));
    arguments.addAll(paths);
    // An IPv6 address stands in brackets, or rsync takes its first part for the host.
    arguments.add(
        "%s@%s:/".formatted(user, toAddress.contains(":") ? "[" + toAddress + "]" : toAddress));
    // 24: a file vanished while the application still served; the next round knows.
    return Invocation.of(arguments.toArray(String[]::new)).within(timeout).accepting(0, 24);
  }

  @Override
  public Round parse(Output output) {
    return new Round(number(SENT, output), number(CHANGED, output), number(FILES, output));
  }

  /** Stops a round that a migrator left behind when it died. */
  public static RemoteCommand<String> stopLeftOver() {
    return new io.migrationmonkey.migrator.ssh.Run(
        Invocation.script("systemctl stop \"$1\" 2>/dev/null || true", UNIT + ".service"));
  }

  private static long number(Pattern pattern, Output output) {
    Matcher matcher = pattern.matcher(output.stdout());
    if (!matcher.find()) {
      throw new MalformedOutput("rsync --stats", output.stdout());
    }
    return Long.parseLong(matcher.group(1).replace(",", ""));
  }
}
