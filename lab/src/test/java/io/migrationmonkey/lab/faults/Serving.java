package io.migrationmonkey.lab.faults;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.lab.stack.RedisConnection;
import io.migrationmonkey.lab.stack.Stack;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Who serves, by everybody's word.
 *
 * @param working the servers whose application answers when asked there
 * @param switchValue what Redis says, or {@code none}
 * @param route where the proxy sends traffic, or {@code none}
 */
record Serving(Set<ServerName> working, String switchValue, String route) {

  static Serving look(Stack stack) throws IOException {
    Set<ServerName> working = EnumSet.noneOf(ServerName.class);
    for (ServerName server : ServerName.values()) {
      if (works(stack, server)) {
        working.add(server);
      }
    }
    String value;
    try (RedisConnection redis = stack.redis()) {
      value = redis.call("GET", SwitchKey.SWITCH);
    }
    JsonNode route = stack.ask(stack.addresses().proxy(), "/api/route").as(JsonNode.class);
    return new Serving(
        working, value == null ? "none" : value, route.path("active").asString("none"));
  }

  private static boolean works(Stack stack, ServerName server) {
    try {
      return stack.get(stack.addresses().application(server), "/health").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The server that alone serves, if the switch names it and the proxy follows. */
  Optional<ServerName> one() {
    return working.stream()
        .filter(server ->
            working.size() == 1
                && switchValue.equals(SwitchKey.valueFor(server))
                && route.equals(server.toString()))
        .findFirst();
  }

  @Override
  public String toString() {
    return "at work: %s, switch: %s, proxy: %s".formatted(working, switchValue, route);
  }
}
