package io.migrationmonkey.monitor.pressure.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.migrationmonkey.monitor.watch.Sighting;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReplayTest {

  private static final List<Trace> TUNED = Shapes.of(PressureBench.TUNED_SEED);

  @Test
  void theRuleMissesNothingOfTheTunedSetAndOrdersNothingThatWasNotNeeded() {
    Replay.Score monkey = score("monkey");
    assertThat(monkey.results().stream().filter(Replay.Result::missed)).isEmpty();
    assertThat(monkey.results().stream().filter(Replay.Result::falseOrder)).isEmpty();
  }

  @Test
  void onMachinesThatBreatheByThemselvesItMissesNothingAndLeavesOnlyNearTheEndForNothing() {
    Replay.Score monkey =
        Replay.Score.of("monkey", Rules.all().get("monkey"), PressureBench.machines(77));
    assertThat(monkey.missed()).isZero();
    assertThat(monkey.results().stream().filter(Replay.Result::falseOrder))
        .allSatisfy(result -> assertThat(result.why()).contains("memory is 9"))
        .hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void onServersWithOrdinarySoftwareItMissesNothingAndOrdersNothingForNothing() {
    Replay.Score monkey = Replay.Score.of("monkey", Rules.all().get("monkey"), Workloads.of(1, 60));
    assertThat(monkey.missed() + monkey.falseOrders()).isZero();
  }

  @Test
  void whatFallsFromFarBelowToItsEndHasNoRightAnswerNorHasWhatCameToItsEndAndLived() {
    assertThat(levels(0.80, 1.0).hasAnAnswer()).isFalse();
    assertThat(levels(0.80, 0.91, 1.0).hasAnAnswer()).isTrue();
    assertThat(levels(0.80, 0.96, 0.5).hasAnAnswer()).isFalse();
    assertThat(levels(0.80, 0.94, 0.5).hasAnAnswer()).isTrue();
  }

  private static Trace levels(double... levels) {
    List<Trace.Sample> samples = new java.util.ArrayList<>();
    double end = Double.NaN;
    for (double level : levels) {
      samples.add(
          new Trace.Sample(
              samples.size() / 10.0, 1000 * Shapes.MIB, level * 1000 * Shapes.MIB, 0, 0, 0, 0));
      end = level >= 1 ? (samples.size() - 1) / 10.0 : Double.NaN;
    }
    return new Trace("levels", "a test", samples, end, 0);
  }

  @Test
  void noSimpleRuleManagesBoth() {
    Map<String, Supplier<Rules.Rule>> others = new java.util.LinkedHashMap<>(Rules.all());
    others.remove("monkey");
    for (String name : others.keySet()) {
      Replay.Score score = score(name);
      assertThat(score.missed() + score.falseOrders()).as(name).isPositive();
    }
  }

  @Test
  void theSetHasEachThingThatHappensToServersAndBothAnswers() {
    Map<Boolean, List<String>> kinds =
        TUNED.stream()
            .collect(
                Collectors.partitioningBy(
                    Trace::leave, Collectors.mapping(Trace::kind, Collectors.toList())));
    assertThat(kinds.get(true)).contains("leak", "leaking saw-tooth", "fork bomb", "swap storm");
    assertThat(kinds.get(false))
        .contains(
            "steady",
            "saw-tooth",
            "cache fill",
            "burst and back",
            "step",
            "start",
            "wave",
            "container limit");
  }

  @Test
  void whatAMonitorRecordedCanBePlayed() throws IOException {
    var recorder = new io.migrationmonkey.monitor.watch.Trace();
    for (Trace.Sample sample : TUNED.getFirst().samples().subList(0, 50)) {
      recorder.accept(
          new Sighting.Seen(
              sample.reading(),
              new io.migrationmonkey.monitor.pressure.PressureRule(
                      io.migrationmonkey.monitor.pressure.PressureLimits.DEFAULT)
                  .judge(window(sample), null, null)));
    }
    StringBuilder text = new StringBuilder();
    recorder.write(text);
    Trace played = Trace.parse("recorded", text.toString(), Double.NaN);
    assertThat(played.samples()).hasSize(50);
    assertThat(played.samples().getLast().used())
        .isEqualTo(TUNED.getFirst().samples().get(49).reading().usedBytes());
    assertThat(played.samples().getLast().at()).isCloseTo(4.9, within(0.01));
  }

  private static io.migrationmonkey.monitor.pressure.Window window(Trace.Sample sample) {
    var window = new io.migrationmonkey.monitor.pressure.Window();
    window.add(sample.reading());
    return window;
  }

  private static Replay.Score score(String name) {
    return Replay.Score.of(name, Rules.all().get(name), TUNED);
  }
}
