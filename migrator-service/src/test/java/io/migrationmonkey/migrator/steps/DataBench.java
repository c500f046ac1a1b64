package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.DataSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Moves 1 GB in 20,000 files between two real servers with the steps that a migration takes, in
 * turns with a bare rsync of the same tree, and measures the last changes beside. Started by
 * bench/data/run.
 */
class DataBench {

  private static final String TREE =
      """
      mkdir -p /srv/tree && cd /srv/tree
      perl -e 'open R, "/dev/urandom"; for my $i (0 .. 19999) { my $d = sprintf "d%03d", $i / 100;
        mkdir $d; read R, my $b, 53687; open F, ">$d/f$i"; print F $b; close F }'
      sync
      """;

  // As a person would do it today, with the fastest cipher and a key that opens everything.
  private static final String BARE =
      "rsync -a -e 'ssh -c aes128-gcm@openssh.com -i /root/bare -o StrictHostKeyChecking=no"
          + " -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR' /srv/tree/ root@%s:/srv/tree/";

  // One hundredth of the files a minute: three every second.
  private static final String CHANGES =
      """
      cd /srv/tree; while :; do for i in 1 2 3; do n=$(shuf -i 0-19999 -n 1)
        head -c 53687 /dev/urandom >$(printf 'd%03d' $((n / 100)))/f$n; done; sleep 1; done
      """;

  @Test
  void measure(@TempDir Path folder) throws IOException {
    int rounds = Integer.getInteger("monkey.bench.rounds", 3);
    List<Cost> bare = new ArrayList<>();
    List<Cost> copied = new ArrayList<>();
    List<Cost> proven = new ArrayList<>();
    List<Long> lastChanges = new ArrayList<>();
    try (DataPair pair = new DataPair(folder)) {
      DataSettings data = DataPair.data(List.of("/srv/tree"));
      pair.production.inside(TREE + "ssh-keygen -q -t ed25519 -N '' -f /root/bare");
      pair.backup.put("/root/bare.pub", pair.production.inside("cat /root/bare.pub"));
      pair.backup.inside("cat /root/bare.pub >>/root/.ssh/authorized_keys");
      pair.exchangeKeys(data);
      String rsync = BARE.formatted(pair.backup.addressAmongServers());
      for (int i = 1; i <= rounds; i++) {
        List<Runnable> turns =
            new ArrayList<>(
                List.of(
                    () -> bare.add(cold(pair, () -> pair.production.inside(rsync))),
                    () -> copied.add(cold(pair, () -> pair.copyOnce(data))),
                    () -> proven.add(cold(pair, () -> pair.copy(data)))));
        // In turns who goes first.
        Collections.rotate(turns, i);
        turns.forEach(Runnable::run);
        System.out.printf(
            Locale.ROOT,
            "cold, round %d: bare rsync %s; until all is there %s; COPY_DATA, which proves it, %s; load %.1f%n",
            i,
            bare.getLast(),
            copied.getLast().beside(bare.getLast()),
            proven.getLast().beside(bare.getLast()),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
      }
      pair.production.put("/root/changes", CHANGES);
      for (int i = 1; i <= rounds; i++) {
        pair.production.inside("systemd-run --quiet --unit=changes sh /root/changes; sleep 20");
        pair.copy(data);
        pair.production.inside("sleep 1; systemctl stop changes");
        long start = System.nanoTime();
        pair.copyLastChanges(data);
        lastChanges.add((System.nanoTime() - start) / 1_000_000);
        System.out.printf("last changes, round %d: %d ms%n", i, lastChanges.getLast());
      }
    }
    Files.writeString(
        Path.of(System.getProperty("monkey.bench.figures", "target/data.json")),
        String.format(
            Locale.ROOT,
            "{\"coldVsRsync\": %.3f, \"coldProvenVsRsync\": %.3f, \"coldCpuVsRsync\": %.3f,"
                + " \"coldProvenCpuVsRsync\": %.3f, \"rsyncMs\": %d, \"lastChangesMs\": %d, \"rounds\": %d}%n",
            median(copied, bare, Cost::millis),
            median(proven, bare, Cost::millis),
            median(copied, bare, Cost::cpuMillis),
            median(proven, bare, Cost::cpuMillis),
            bare.stream().mapToLong(Cost::millis).sorted().skip(rounds / 2).findFirst().orElse(0),
            lastChanges.stream().sorted().skip(rounds / 2).findFirst().orElse(0L),
            rounds));
  }

  /**
   * What a copy took.
   *
   * @param cpuMillis of all processors, by both servers: on a busy machine it says more
   */
  private record Cost(long millis, long cpuMillis) {

    String beside(Cost other) {
      return String.format(
          Locale.ROOT,
          "%s (%.2f and %.2f times)",
          this,
          (double) millis / other.millis,
          (double) cpuMillis / other.cpuMillis);
    }

    @Override
    public String toString() {
      return "%d ms, %d ms of processors".formatted(millis, cpuMillis);
    }
  }

  /** The median of the rounds' own ratios: what disturbs a round disturbs both in it. */
  private static double median(List<Cost> ours, List<Cost> theirs, ToDoubleFunction<Cost> of) {
    return IntStream.range(0, ours.size())
        .mapToDouble(i -> of.applyAsDouble(ours.get(i)) / of.applyAsDouble(theirs.get(i)))
        .sorted()
        .skip(ours.size() / 2)
        .findFirst()
        .orElseThrow();
  }

  private static Cost cold(DataPair pair, Runnable copy) {
    pair.backup.inside("rm -rf /srv/tree /var/lib/migration-monkey/data; sync -f /");
    pair.production.inside("rm -rf /var/lib/migration-monkey/data; sync -f /");
    long cpu = cpuMillis(pair);
    long start = System.nanoTime();
    copy.run();
    return new Cost((System.nanoTime() - start) / 1_000_000, cpuMillis(pair) - cpu);
  }

  private static long cpuMillis(DataPair pair) {
    return Stream.of(pair.production, pair.backup)
        .mapToLong(server ->
            Long.parseLong(
                server
                    .inside(
                        "cd /sys/fs/cgroup; awk '{print int($1 / 1000000)}' cpuacct/cpuacct.usage"
                            + " 2>/dev/null || awk '/^usage_usec/ {print int($2 / 1000)}' cpu.stat")
                    .strip()))
        .sum();
  }
}
