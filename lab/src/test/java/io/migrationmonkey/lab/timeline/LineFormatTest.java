package io.migrationmonkey.lab.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.load.LoadFigures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineFormatTest {

  private static final LoadFigures LOAD =
      new LoadFigures(1612, 0, 0, 3, Duration.ofMillis(40), Map.of(), List.of());

  private final LineFormat plain = new LineFormat(false);

  @Test
  void theFiguresStandBelowTheirNames() {
    String line =
        plain.line(
            Duration.ofSeconds(72),
            Map.of(ServerName.PRODUCTION, 0.714, ServerName.BACKUP, 0.12),
            LOAD,
            "COPY_DATA",
            "round 2:\n 14 MB");
    assertThat(plain.header())
        .isEqualTo(
            "   time  production  backup  requests  failed  waiting  step                what");
    assertThat(line)
        .isEqualTo(
            "   1:12        71 %    12 %      1612       0        3  COPY_DATA           round 2: 14 MB");
  }

  @Test
  void aServerThatDoesNotReportHasADash() {
    assertThat(plain.line(Duration.ZERO, Map.of(), LOAD, "REBOOT_SOURCE", ""))
        .isEqualTo("   0:00           -       -      1612       0        3  REBOOT_SOURCE");
  }

  @Test
  void coloursComeOnlyWhenAskedFor() {
    Map<ServerName, Double> high = Map.of(ServerName.PRODUCTION, 0.9);
    LoadFigures failed = new LoadFigures(10, 2, 0, 0, Duration.ZERO, Map.of(), List.of());
    assertThat(plain.line(Duration.ZERO, high, failed, "LEAK", "x")).doesNotContain("\u001b");
    String coloured = new LineFormat(true).line(Duration.ZERO, high, failed, "LEAK", "x");
    assertThat(coloured).contains("\u001b[1;31m     2\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(plain.line(Duration.ZERO, high, failed, "LEAK", "x"));
  }
}
