package io.migrationmonkey.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final LoadPlan BRISK =
      new LoadPlan(2, 2, Duration.ofMillis(5), Duration.ofSeconds(5));

  private final SmallGuestbook guestbook = new SmallGuestbook();
  private final Ledger ledger = new Ledger("run");

  @Test
  void everyAcknowledgedWriteIsInTheLedgerAndOnTheServer() throws Exception {
    try (guestbook;
        Load load = start()) {
      await().atMost(SOON).until(() -> load.figures().total() > 200);
      LoadFigures figures = load.stop();
      assertThat(figures.failed()).as("%s", figures.firstFailures()).isZero();
      assertThat(figures.waiting()).isZero();
      assertThat(figures.answeredBy())
          .containsOnly(java.util.Map.entry("production", figures.total()));
      assertThat(figures.longestStall()).isPositive();
      Verification verification = ledger.verify(texts());
      assertThat(verification.holds()).isTrue();
      assertThat(verification.found())
          .isEqualTo(ledger.acknowledged())
          .isEqualTo(guestbook.texts.size())
          .isPositive();
    }
  }

  @Test
  void afterTheEndNobodyAsksAnyMore() throws Exception {
    try (guestbook;
        Load load = start()) {
      await().atMost(SOON).until(() -> load.figures().total() > 20);
      LoadFigures last = load.stop();
      await().during(Duration.ofMillis(200)).atMost(SOON).until(() -> load.figures().equals(last));
    }
  }

  @Test
  void aServerErrorIsAFailureWithItsCauseAndTheWriteIsNotAcknowledged() throws Exception {
    guestbook.status = usual -> usual == 201 ? 502 : usual;
    try (guestbook;
        Load load = start()) {
      await().atMost(SOON).until(() -> load.figures().failed() > 30);
      LoadFigures figures = load.stop();
      assertThat(ledger.acknowledged()).isZero();
      assertThat(figures.total()).isGreaterThan(figures.failed());
      assertThat(figures.firstFailures()).hasSize(20);
      assertThat(figures.firstFailures().getFirst().toString())
          .contains("POST /entries")
          .contains("answered 502");
    }
  }

  @Test
  void aServerThatIsGoneMakesFailures() throws Exception {
    Load load = start();
    try (load) {
      await().atMost(SOON).until(() -> load.figures().total() > 20);
      guestbook.close();
      await().atMost(SOON).until(() -> load.figures().failed() > 10);
      assertThat(load.stop().firstFailures()).isNotEmpty();
    }
  }

  @Test
  void aWriteThatWasPromisedAndForgottenIsFoundOut() throws Exception {
    guestbook.forgetful = true;
    try (guestbook;
        Load load = start()) {
      await().atMost(SOON).until(() -> ledger.acknowledged() > 10);
      load.stop();
      assertThat(ledger.verify(texts()).missing()).hasSize(ledger.acknowledged());
    }
  }

  @Test
  void textsThatCanNotBeReadAreAFailure() {
    guestbook.status = usual -> 500;
    try (guestbook) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(this::texts)
          .withMessageContaining("GET /entries?limit=100000 was answered with 500");
    }
  }

  private Load start() {
    return Load.start("127.0.0.1", guestbook.port(), BRISK, ledger, Clock.systemUTC());
  }

  private List<String> texts() throws IOException {
    try (Guestbook direct = new Guestbook("127.0.0.1", guestbook.port(), SOON)) {
      return direct.texts();
    }
  }
}
