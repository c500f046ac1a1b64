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
import org.springframework.util.unit.DataSize;

/**
 * One round of rsync from the active server straight to the standby: what differs is sent, what is
 * gone on the active server goes on the standby.
 *
 * @param what is looked at
 * @param data each path of which arrives at the same place
 * @param priority how much of the active server it may take
 * @param limit at most so much in a second; 0 is no limit
 */
public record PushData(
    What what, DataSet data, To to, Priority priority, DataSize limit, Duration timeout)
    implements RemoteCommand<PushData.Round> {

  private static final String UNIT = "push";

  private static final Pattern SENT = Pattern.compile("Total bytes sent: ([\\d,]+)");
  private static final Pattern CHANGED =
      Pattern.compile("Total transferred file size: ([\\d,]+) bytes");
  private static final Pattern FILES =
      Pattern.compile("Number of regular files transferred: ([\\d,]+)");

  // Holes are looked for where there may be some: it costs a tenth of the time.
  private static final List<String> RSYNC =
      List.of(
          "rsync",
          "-aHAXR",
          "--numeric-ids",
          "--no-implied-dirs",
          "--whole-file",
          "--stats",
          "--timeout=20");

  // Waits for the process that was started last and says once a second how much it has written.
  // Asking rsync itself
  // (--info=progress2) costs a line for each file: 13 % of the time with 20,000 files of 50 KB.
  private static final String WATCHED =
      """
      watched() {
        pid=$!
        {
          seconds=0
          while sleep 1; do
            seconds=$((seconds + 1))
            while read -r key value; do
              [ "$key" != wchar: ] || echo "written: $value $seconds"
            done <"/proc/$pid/io" || exit 0
          done
        } 2>/dev/null &
        wait "$pid"
      }
      """;

  // The first four arguments are rsync's, the others are the command that lists the paths.
  private static final String LISTED =
      WATCHED
          + """
          # sends what changed
          folder=$1 shell=$2 to=$3 times=$4
          shift 4
          "$@" >"$folder/list"
          if [ -s "$folder/list" ]; then
            %s --sparse --from0 --files-from="$folder/list" --delete-missing-args --force \\
              $times -e "$shell" -- / "$to" &
            watched || [ $? = 24 ]
          else
            printf '%%s: 0\\n' 'Number of regular files transferred' 'Total bytes sent'
            echo 'Total transferred file size: 0 bytes'
          fi
          [ "$1" = cat ] || mv "$folder/sent.next" "$folder/sent"
          """
              .formatted(String.join(" ", RSYNC));

  // rsync hashes each file that it sends, and the survey takes the hashes from its log.
  private static final String ALL =
      WATCHED
          + """
          # sends what differs
          folder=$1 shell=$2
          shift 2
          sum=md5
          case $(rsync --version) in *xxh128*) sum=xxh128 ;; esac
          %s --delete --checksum-choice="$sum" --log-file="$folder/round" \
            --log-file-format='%%C %%n' -e "$shell" "$@" &
          watched
          """
              .formatted(String.join(" ", RSYNC));

  /** Which files a round looks at. */
  public enum What {
    /** All of them. */
    ALL,
    /** All of them, and some have holes. */
    ALL_WITH_HOLES,
    /** Those that changed since the last round began, or since {@link Mark}. */
    CHANGES
  }

  /**
   * The standby.
   *
   * @param user who may write there
   * @param address host name or address, as the active server knows it
   * @param port of its sshd
   */
  public record To(String user, String address, int port) {

    /** As rsync takes it. */
    public String destination() {
      // An IPv6 address stands in brackets, or rsync takes its first part for the host.
      return "%s@%s:/".formatted(user, address.contains(":") ? "[" + address + "]" : address);
    }

    /** What rsync reaches it with. */
    public String shell() {
      return ("ssh -i %s -o UserKnownHostsFile=%s -o GlobalKnownHostsFile=/dev/null"
              + " -o StrictHostKeyChecking=yes -o BatchMode=yes -o ConnectTimeout=10"
              + " -o ServerAliveInterval=5 -o ServerAliveCountMax=3"
              + " -o IdentitiesOnly=yes -o IdentityAgent=none -p %d"
              + " -c aes128-gcm@openssh.com")
          .formatted(PushKeys.KEY, PushKeys.KNOWN_HOSTS, port);
    }
  }

  /**
   * What a round moved.
   *
   * @param bytesSent over the network
   * @param bytesChanged the size of the files that differed
   */
  public record Round(long bytesSent, long bytesChanged, long files) {}

  /** Notes what there is, so that what changes from now on is known, and measures it. */
  public record Mark(DataSet data, Priority priority, Duration timeout)
      implements RemoteCommand<MeasureData.Size> {

    @Override
    public Invocation invocation() {
      return Survey.invocation("mark", data, priority, timeout);
    }

    @Override
    public MeasureData.Size parse(Output output) {
      return MeasureData.size(output);
    }
  }

  /** Sends just these paths, even where size and time say that they are there. */
  public record Again(List<String> paths, To to, Duration timeout) implements RemoteCommand<Round> {

    @Override
    public Invocation invocation() {
      return listed(to, "--ignore-times", List.of("cat"), Priority.NORMAL, timeout)
          .withInput(String.join("\0", paths) + "\0");
    }

    @Override
    public Round parse(Output output) {
      return round(output);
    }
  }

  @Override
  public Invocation invocation() {
    if (what == What.CHANGES) {
      return listed(to, limited(), Survey.command("changes", data), priority, timeout);
    }
    List<String> rsync =
        new ArrayList<>(List.of("sh", "-euc", ALL, "sh", Survey.FOLDER, to.shell(), limited()));
    if (what == What.ALL_WITH_HOLES) {
      rsync.add("--sparse");
    }
    data.excludes().forEach(exclude -> rsync.add("--exclude=" + exclude.pattern()));
    rsync.add("--");
    rsync.addAll(data.paths());
    rsync.add(to.destination());
    // 24: a file vanished while the application still served; the next round knows.
    return TransientUnit.invocation(UNIT, priority, timeout, rsync).accepting(0, 24);
  }

  @Override
  public Round parse(Output output) {
    return round(output);
  }

  /** Stops a round that a migrator left behind when it died. */
  public static RemoteCommand<String> stopLeftOver() {
    return TransientUnit.stop(UNIT);
  }

  private static Invocation listed(
      To to, String option, List<String> list, Priority priority, Duration timeout) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh", "-euc", LISTED, "sh", Survey.FOLDER, to.shell(), to.destination(), option));
    command.addAll(list);
    return TransientUnit.invocation(UNIT, priority, timeout, command);
  }

  private String limited() {
    return "--bwlimit=%d".formatted(limit.toKilobytes());
  }

  private static Round round(Output output) {
    return new Round(number(SENT, output), number(CHANGED, output), number(FILES, output));
  }

  private static long number(Pattern pattern, Output output) {
    Matcher matcher = pattern.matcher(output.stdout());
    if (!matcher.find()) {
      throw new MalformedOutput("rsync --stats", output.stdout());
    }
    return Long.parseLong(matcher.group(1).replace(",", ""));
  }
}
