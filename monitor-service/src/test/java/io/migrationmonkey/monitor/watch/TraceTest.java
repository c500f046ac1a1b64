package io.migrationmonkey.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {

  private final ManualClock clock = new ManualClock();
  private final Trace trace = new Trace();

  @Test
  void hasTheLatestHourTheOldestFirst() throws IOException {
    for (int second = 0; second < Trace.READINGS + 1000; second++) {
      trace.accept(new Sighting.Unread(clock.instant(), "a test"));
      clock.advance(Duration.ofSeconds(1));
    }
    List<String> lines = lines();
    assertThat(lines).hasSize(1 + Trace.READINGS);
    for (int i = 0; i < Trace.READINGS; i++) {
      assertThat(lines.get(1 + i)).matches(1000 + i + "000,*");
    }
  }

  @Test
  void aLookThatFailedIsALineWithoutFigures() throws IOException {
    trace.accept(new Sighting.Unread(clock.instant(), "a file is missing"));
    assertThat(lines()).hasSize(2);
    assertThat(lines().getFirst()).startsWith("millis,total,used,");
    assertThat(lines().getLast()).matches("0,+");
  }

  private List<String> lines() throws IOException {
    StringBuilder text = new StringBuilder();
    trace.write(text);
    return text.toString().lines().toList();
  }
}
