package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server is.
 *
 * @param architecture dpkg's word, for example {@code amd64}
 * @param release of the distribution, for example {@code debian 12}
 * @param bootId changes with every boot
 * @param freeBytes on the file system of /var
 * @param rsync whether rsync is there
 */
public record ServerFacts(
    String architecture, String release, String bootId, long freeBytes, boolean rsync) {

  /** Reads them. */
  public record Read() implements RemoteCommand<ServerFacts> {

    @Override
    public Invocation invocation() {
      return Invocation.script(
          """
          dpkg --print-architecture
          . /etc/os-release; echo "$ID $VERSION_ID"
          cat /proc/sys/kernel/random/boot_id
          df --output=avail -B1 /var | tail -n 1
          command -v rsync || echo none
          """);
    }

    @Override
    public ServerFacts parse(Output output) {
      List<String> lines = output.stdout().strip().lines().map(String::strip).toList();
      if (lines.size() != 5 || !lines.get(3).matches("\\d{1,18}")) {
        throw new MalformedOutput("facts of a server", output.stdout());
      }
      return new ServerFacts(
          lines.get(0),
          lines.get(1),
          lines.get(2),
          Long.parseLong(lines.get(3)),
          !lines.get(4).equals("none"));
    }
  }

  /** In words, what keeps one of the two from taking over from the other. */
  public List<String> differencesFrom(ServerFacts other) {
    List<String> differences = unlike(other);
    if (!rsync || !other.rsync) {
      differences.add("rsync is missing on a server: apt-get install rsync");
    }
    return differences;
  }

  /** In words, in what the two systems differ, so that packages of one are none for the other. */
  public List<String> unlike(ServerFacts other) {
    List<String> differences = new ArrayList<>();
    if (!release.equals(other.release)) {
      differences.add("the releases differ: %s and %s".formatted(release, other.release));
    }
    if (!architecture.equals(other.architecture)) {
      differences.add(
          "the architectures differ: %s and %s".formatted(architecture, other.architecture));
    }
    return differences;
  }
}
