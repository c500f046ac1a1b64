package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.DataSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    List<Double> ratios = new ArrayList<>();
    List<Long> lastChanges = new ArrayList<>();
    try (DataPair pair = new DataPair(folder)) {
      DataSettings data = DataPair.data(List.of("/srv/tree"));
      pair.production.inside(TREE + "ssh-keygen -q -t ed25519 -N '' -f /root/bare");
      pair.backup.put("/root/bare.pub", pair.production.inside("cat /root/bare.pub"));
      pair.backup.inside("cat /root/bare.pub >>/root/.ssh/authorized_keys");
      pair.exchangeKeys(data);
      String bare = BARE.formatted(pair.backup.inside("hostname -i").strip());
      for (int i = 1; i <= rounds; i++) {
        long theirs;
        long ours;
        // In turns who goes first.
        if (i % 2 == 1) {
          theirs = cold(pair, () -> pair.production.inside(bare));
          ours = cold(pair, () -> pair.copy(data));
        } else {
          ours = cold(pair, () -> pair.copy(data));
          theirs = cold(pair, () -> pair.production.inside(bare));
          pair.copy(data);
        }
        ratios.add((double) ours / theirs);
        System.out.printf(
            "cold, round %d: bare rsync %d ms, COPY_DATA %d ms, ratio %.2f%n",
            i, theirs, ours, (double) ours / theirs);
      }
      pair.production.put("/root/changes", CHANGES);
      for (int i = 1; i <= rounds; i++) {
        pair.production.inside("systemd-run --quiet --unit=changes sh /root/changes; sleep 20");
        pair.copy(data);
        pair.production.inside("sleep 1; systemctl stop changes");
        long took = millis(() -> pair.copyLastChanges(data));
        lastChanges.add(took);
        System.out.printf("last changes, round %d: %d ms%n", i, took);
      }
    }
    ratios.sort(null);
    lastChanges.sort(null);
    Files.writeString(
        Path.of(System.getProperty("monkey.bench.figures", "target/data.json")),
        "{\"coldVsRsync\": %.3f, \"lastChangesMs\": {\"p50\": %d, \"max\": %d}, \"rounds\": %d}%n"
            .formatted(
                ratios.get(rounds / 2),
                lastChanges.get(rounds / 2),
                lastChanges.getLast(),
                rounds));
  }

  private static long cold(DataPair pair, Runnable copy) {
    pair.backup.inside("rm -rf /srv/tree; sync");
    pair.production.inside("rm -rf /var/lib/migration-monkey/data; sync");
    pair.backup.inside("rm -rf /var/lib/migration-monkey/data");
    return millis(copy);
  }

  private static long millis(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1_000_000;
  }
}
