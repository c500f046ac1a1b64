package io.migrationmonkey.migrator.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.access.Caller;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.steps.HandSwitch;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The switch: look at it, and set it by hand. */
@RestController
@RequestMapping("/api/switch")
class SwitchController {

  private final Switchboard switchboard;
  private final HandSwitch hand;

  SwitchController(Switchboard switchboard, HandSwitch hand) {
    this.switchboard = switchboard;
    this.hand = hand;
  }

  /**
   * Where the traffic goes.
   *
   * @param active null where the switch says nothing; {@code problem} then tells what to do
   * @param by who set it last
   * @param proxies what each follows, which is what counts for the traffic
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record SwitchView(
      @Nullable ServerName active,
      @Nullable Long epoch,
      @Nullable String by,
      @Nullable String problem,
      List<ProxyReport> proxies) {}

  /** Where it should go, and why. */
  record SwitchOrder(
      @Nullable ServerName active,
      @Nullable String reason,
      @Nullable String by,
      @Nullable Boolean force) {}

  @GetMapping
  SwitchView look() {
    List<ProxyReport> proxies = switchboard.proxies();
    try {
      SwitchState now = switchboard.read();
      return new SwitchView(now.active(), now.epoch(), now.flippedBy(), null, proxies);
    } catch (SwitchUnknown unknown) {
      return new SwitchView(null, null, null, unknown.getMessage(), proxies);
    }
  }

  @PutMapping
  SwitchView set(@RequestBody SwitchOrder order, Caller caller) {
    hand.set(
        order.active(), order.reason(), caller.by(order.by()), Boolean.TRUE.equals(order.force()));
    return look();
  }
}
