package io.migrationmonkey.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

  @Test
  void oneServerAloneIsFine() {
    assertThat(Turns.toAndFro(List.of(write("a", "production", 1, 2)))).isEmpty();
    assertThat(Turns.toAndFro(List.of())).isEmpty();
  }

  @Test
  void oneChangeIsFineAlsoWhileRequestsAreInFlight() {
    assertThat(
            Turns.toAndFro(
                List.of(
                    write("a", "production", 1, 2),
                    write("held", "backup", 3, 20),
                    write("last of production", "production", 4, 10),
                    write("b", "backup", 21, 22))))
        .isEmpty();
  }

  @Test
  void aWriteHereAfterOneThereAfterOneHereMeansThatBothAcceptedWrites() {
    assertThat(
            Turns.toAndFro(
                List.of(
                    write("a", "production", 1, 2),
                    write("b", "backup", 3, 4),
                    write("c", "production", 5, 6))))
        .get()
        .asString()
        .contains("backup took 'b' before production took 'c'")
        .contains("'a'");
  }

  private static Acknowledged write(String text, String server, long sentAt, long answeredAt) {
    return new Acknowledged(text, server, sentAt, answeredAt);
  }
}
