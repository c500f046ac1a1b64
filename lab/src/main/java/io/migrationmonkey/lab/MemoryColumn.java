package io.migrationmonkey.lab;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.stack.Stack;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** What the timeline shows of the servers' memory: nothing of a server that isn't reporting. */
record MemoryColumn(Stack stack) implements Supplier<Map<ServerName, Double>> {

  @Override
  public Map<ServerName, Double> get() {
    Map<ServerName, Double> ratios = new EnumMap<>(ServerName.class);
    try {
      for (MonitorReport report : stack.memory().values()) {
        ratios.put(report.server(), report.usedRatio());
      }
    } catch (IOException | IllegalArgumentException e) {
      return Map.of();
    }
    return ratios;
  }
}
