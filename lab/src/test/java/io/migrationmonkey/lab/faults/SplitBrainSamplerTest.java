package io.migrationmonkey.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.migrationmonkey.contract.ServerName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SplitBrainSamplerTest {

  private final Server production = new Server();
  private final Server backup = new Server();

  @AfterEach
  void stop() {
    production.stop();
    backup.stop();
  }

  @Test
  void oneServerAtWorkIsFineWhateverTheOtherAnswers() throws Exception {
    for (int status : new int[] {404, 502, 503}) {
      backup.status = status;
      assertThat(sighting(10).both()).isZero();
    }
    backup.stop();
    assertThat(sighting(10).both()).isZero();
  }

  @Test
  void bothAtWorkInOneRoundAreSeenAndTold() throws Exception {
    SplitBrainSampler.Sighting sighting = sighting(10);
    assertThat(sighting.both()).isGreaterThanOrEqualTo(9);
    assertThat(sighting.firstBoth()).isNotEmpty().hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void anAnswerThatComesLongAfterTheQuestionSaysNothing() throws Exception {
    backup.delay = Duration.ofMillis(600);
    assertThat(sighting(4).both()).isZero();
  }

  private SplitBrainSampler.Sighting sighting(int rounds) throws Exception {
    try (SplitBrainSampler sampler =
        SplitBrainSampler.start(
            Map.of(ServerName.PRODUCTION, production.port(), ServerName.BACKUP, backup.port()))) {
      await().atMost(Duration.ofSeconds(20)).until(() -> sampler.sighting().rounds() >= rounds);
      return sampler.sighting();
    }
  }

  private static final class Server {
    private final HttpServer http;
    volatile int status = 200;
    volatile Duration delay = Duration.ZERO;

    Server() {
      try {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.createContext(
          "/health",
          exchange -> {
            try {
              Thread.sleep(delay);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          });
      http.start();
    }

    int port() {
      return http.getAddress().getPort();
    }

    void stop() {
      http.stop(0);
    }
  }
}
