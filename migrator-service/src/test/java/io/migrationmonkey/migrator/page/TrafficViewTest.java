package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrafficViewTest {

  private final Scene scene = new Scene();

  @Test
  void theLineEndsAtTheServerThatTheProxyFollows() {
    String toProduction = view().proxies().getFirst().line();
    scene.proxies = List.of(Scene.proxy("p1", ServerName.BACKUP, null, 0));
    String toBackup = view().proxies().getFirst().line();
    assertThat(toProduction).endsWith("276 40");
    assertThat(toBackup).endsWith("276 " + (view().height() - 40));
    assertThat(view().words()).isEqualTo("Proxy p1 sends all requests to backup.");
  }

  @Test
  void whileItHoldsTheLineEndsAtTheGateAndSaysHowManyWait() {
    scene.proxies = List.of(Scene.proxy("p1", ServerName.PRODUCTION, "m1", 42));
    TrafficView.ProxyBox box = view().proxies().getFirst();
    assertThat(box.holds()).isTrue();
    assertThat(box.line()).endsWith("H226");
    assertThat(box.note()).isEqualTo("42 wait");
    assertThat(view().words()).contains("holds the traffic: 42 requests wait");
  }

  @Test
  void aProxyWithoutARouteHasNoLine() {
    scene.proxies = List.of(Scene.proxy("p1", null, null, 0));
    assertThat(view().proxies().getFirst().line()).isNull();
    assertThat(view().words()).contains("no route yet");
  }

  @Test
  void withoutAnyProxyItIsSaidThatNobodyKnows() {
    scene.proxies = List.of();
    assertThat(view().words()).contains("not known");
  }

  @Test
  void manyProxiesAreCountedWhereThereIsNoRoom() {
    scene.proxies =
        IntStream.range(0, 7)
            .mapToObj(i -> Scene.proxy("p" + i, ServerName.PRODUCTION, null, 0))
            .toList();
    assertThat(view().proxies()).hasSize(4);
    assertThat(view().more()).isEqualTo("and 3 more proxies");
  }

  private TrafficView view() {
    return TrafficView.of(scene.snapshot());
  }
}
