package io.migrationmonkey.lab.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.stack.JournalEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final ManualClock clock = new ManualClock();
  private final Timeline timeline =
      new Timeline(out, false, clock, () -> Map.of(ServerName.BACKUP, 0.5));

  @Test
  void aSilenceIsBrokenWithWhatIsStillGoingOn() {
    timeline.journal(event("STARTED", "first round"));
    clock.advance(Duration.ofSeconds(2));
    timeline.tick();
    assertThat(lines()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    timeline.refresh();
    timeline.tick();
    assertThat(lines()).hasSize(2);
    assertThat(lines().getLast()).contains("0:03", "50 %", "COPY_DATA", "first round");
  }

  @Test
  void ofFastProgressOnlySomeIsToldAndTheRestIsNotLost() {
    timeline.journal(event("STARTED", "go"));
    for (int percent = 1; percent <= 20; percent++) {
      clock.advance(Duration.ofMillis(100));
      timeline.journal(event("PROGRESS", percent + " %"));
    }
    timeline.journal(event("DONE", "all"));
    assertThat(lines()).hasSize(4);
    assertThat(lines().get(1)).contains("9 %");
    assertThat(lines().get(2)).contains("18 %");
    assertThat(lines().getLast()).contains("DONE all");
  }

  @Test
  void aRunningTimelineSpeaksByItself() {
    try (Timeline running = Timeline.start(out, false, Clock.systemUTC(), Map::of)) {
      running.mention("REBOOT_SOURCE", "still waiting");
      await()
          .atMost(Timeline.SILENCE.plusSeconds(3))
          .until(() -> bytes.toString(StandardCharsets.UTF_8).contains("still waiting"));
    }
  }

  private static JournalEvent event(String kind, String text) {
    return new JournalEvent(null, "COPY_DATA", kind, text);
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
