package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.page.Snapshot.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way of the traffic as a picture, and the same in words.
 *
 * @param height of the picture, whose width is 420
 * @param more proxies that did not find room, in words
 */
record TrafficView(
    int height,
    String words,
    List<ProxyBox> proxies,
    List<ServerBox> servers,
    @Nullable String more) {

  private static final int SHOWN = 4;
  private static final int ROW = 64;

  /**
   * A proxy and the line from it.
   *
   * @param line from it to its server, or to the gate while it holds; null where it has no route
   *     yet
   */
  record ProxyBox(
      String name,
      int y,
      int nameY,
      int noteY,
      int middle,
      String note,
      boolean holds,
      @Nullable String line,
      int gateY1,
      int gateY2) {}

  /** A server's box. */
  record ServerBox(String name, String role, int y, int nameY, int roleY, boolean live) {}

  static TrafficView of(Snapshot seen) {
    Told told = seen.told();
    List<ProxyReport> reports = told == null ? List.of() : told.proxies();
    ServerName active = told == null ? null : told.active();
    int rows = Math.max(3, Math.min(SHOWN, reports.size()));
    int height = rows * ROW + 8;
    List<ServerBox> servers = new ArrayList<>();
    for (ServerName name : ServerName.values()) {
      int y = name == ServerName.PRODUCTION ? 8 : height - 72;
      servers.add(
          new ServerBox(
              name.toString(),
              active == null ? "role unknown" : name == active ? "live" : "stands by",
              y,
              y + 28,
              y + 48,
              name == active));
    }
    List<ProxyBox> proxies = new ArrayList<>();
    int shown = Math.min(SHOWN, reports.size());
    int top = (height - shown * ROW) / 2;
    for (int i = 0; i < shown; i++) {
      proxies.add(box(reports.get(i), top + i * ROW + 6, height));
    }
    return new TrafficView(
        height,
        words(reports),
        proxies,
        servers,
        reports.size() > SHOWN ? "and %d more proxies".formatted(reports.size() - SHOWN) : null);
  }

  private static ProxyBox box(ProxyReport report, int y, int height) {
    int middle = y + 26;
    boolean holds = report.holding() != null;
    String line =
        Optional.ofNullable(report.active())
            .map(to -> to == ServerName.PRODUCTION ? 40 : height - 40)
            .map(end ->
                holds
                    ? "M206 %d H226".formatted(middle)
                    : "M206 %d C250 %d 240 %d 276 %d".formatted(middle, middle, end, end))
            .orElse(null);
    return new ProxyBox(
        report.proxy(),
        y,
        y + 22,
        y + 41,
        middle,
        holds
            ? "%,d wait".formatted(report.waiting())
            : "%,d in flight".formatted(report.inFlight()),
        holds,
        line,
        middle - 22,
        middle + 22);
  }

  private static String words(List<ProxyReport> reports) {
    return reports.isEmpty()
        ? "No proxy reports: where the traffic goes is not known."
        : reports.stream().map(TrafficView::words).collect(Collectors.joining(" "));
  }

  private static String words(ProxyReport report) {
    if (report.holding() != null) {
      return "Proxy %s holds the traffic: %,d requests wait until it has moved."
          .formatted(report.proxy(), report.waiting());
    }
    return report.active() == null
        ? "Proxy %s has no route yet.".formatted(report.proxy())
        : "Proxy %s sends all requests to %s.".formatted(report.proxy(), report.active());
  }
}
