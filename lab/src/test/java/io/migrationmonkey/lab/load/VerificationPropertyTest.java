package io.migrationmonkey.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class VerificationPropertyTest {

  @Property
  void countsAgreeWithHowOftenEachTextIsThere(
      @ForAll @Size(max = 30) List<@IntRange(max = 3) Integer> timesHeld) {
    List<String> held = new ArrayList<>();
    Set<String> acknowledged = new HashSet<>();
    for (int i = 0; i < timesHeld.size(); i++) {
      acknowledged.add("run-" + i);
      for (int n = 0; n < timesHeld.get(i); n++) {
        held.add("run-" + i);
      }
    }
    Verification verification = Verification.of("run-", acknowledged, held);
    assertThat(verification.missing())
        .hasSize((int) timesHeld.stream().filter(n -> n == 0).count());
    assertThat(verification.duplicated())
        .hasSize((int) timesHeld.stream().filter(n -> n > 1).count());
    assertThat(verification.holds()).isEqualTo(timesHeld.stream().allMatch(n -> n == 1));
  }
}
