package io.migrationmonkey.lab.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommandTest {

  @Test
  void itReturnsWhatTheCommandWrote() throws Exception {
    assertThat(Command.of("sh", "-c", "echo to err >&2; echo to out").run()).isEqualTo("to out\n");
  }

  @Test
  void aFailureCarriesTheCommandItsCodeAndBothStreams() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> Command.of("sh", "-c", "echo out; echo err >&2; exit 3").run())
        .withMessageContaining("sh -c 'echo out;")
        .withMessageContaining("ended with 3: err out");
  }

  @Test
  void whatTakesTooLongIsEnded() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> Command.of("sleep", "60").within(Duration.ofMillis(100)).run())
        .withMessageContaining("did not end");
  }

  @Test
  void whatDoesNotExistIsNamed() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> Command.of("no-such-command").run())
        .withMessageContaining("no-such-command could not be started");
  }

  @Test
  void itReadsAsOneWouldTypeIt() {
    assertThat(Command.of("curl", "--data", "{\"reason\":\"it's time\"}", "http://h:1/a"))
        .hasToString("curl --data '{\"reason\":\"it'\\''s time\"}' http://h:1/a");
  }
}
