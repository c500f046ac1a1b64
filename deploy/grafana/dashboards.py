#!/usr/bin/env python3
"""Grafana's dashboards, as code: `deploy/grafana/dashboards.py` writes dashboards/*.json, which Grafana provisions.

A test (dashboards_test.py) sees that those files are what this says. docs/metrics.md explains the metrics.
"""

import json
import pathlib
from dataclasses import dataclass, field
from typing import Any

DIRECTORY = pathlib.Path(__file__).parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "prometheus"}
WIDTH = 24

Json = dict[str, Any]


@dataclass(frozen=True)
class Panel:
    """One picture: what it shows, in which unit, of which expressions (legend to expression)."""

    kind: str
    title: str
    description: str
    unit: str
    exprs: dict[str, str]
    width: int = 12
    height: int = 8
    # A value in words and a colour; the first one is the colour of what is not named.
    words: dict[int, tuple[str, str]] = field(default_factory=dict)
    # From which value on it has which colour.
    colours: tuple[tuple[float | None, str], ...] = ((None, "blue"),)
    defaults: Json = field(default_factory=dict)

    def as_json(self, number: int, x: int, y: int) -> Json:
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.description,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": OPTIONS[self.kind],
            "targets": [
                {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
                | ({} if self.kind == "timeseries" else {"instant": True})
                for place, (legend, expr) in enumerate(self.exprs.items())
            ],
        }

    def _defaults(self) -> Json:
        steps = self.colours
        if self.words:
            steps = tuple((None if place == 0 else value, word[1]) for place, (value, word) in enumerate(self.words.items()))
        defaults: Json = {
            "unit": self.unit,
            "thresholds": {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in steps]},
        }
        if self.words:
            options = {
                str(value): {"text": text, "color": colour, "index": place}
                for place, (value, (text, colour)) in enumerate(self.words.items())
            }
            defaults["mappings"] = [{"type": "value", "options": options}]
        if self.kind == "timeseries":
            defaults["custom"] = {"lineWidth": 2, "fillOpacity": 10, "spanNulls": False}
        return defaults | self.defaults


LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
OPTIONS: dict[str, Json] = {
    "stat": {
        "reduceOptions": LAST,
        "orientation": "horizontal",
        "textMode": "value_and_name",
        "colorMode": "background",
        "graphMode": "none",
    },
    "bargauge": {"reduceOptions": LAST, "orientation": "horizontal", "displayMode": "basic"},
    "timeseries": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
}


@dataclass(frozen=True)
class Dashboard:
    """A page of panels, in rows as wide as the screen."""

    uid: str
    title: str
    panels: tuple[Panel, ...]
    since: str = "now-1h"

    def as_json(self) -> Json:
        placed, x, y, tallest = [], 0, 0, 0
        for number, panel in enumerate(self.panels, start=1):
            if x + panel.width > WIDTH:
                x, y, tallest = 0, y + tallest, 0
            placed.append(panel.as_json(number, x, y))
            x, tallest = x + panel.width, max(tallest, panel.height)
        flips = {
            "name": "Moves",
            "datasource": SOURCE,
            "enable": True,
            "iconColor": "orange",
            "expr": 'changes(server:monkey_switch_active:max{server="backup"}[1m]) > 0',
            "step": "15s",
            "titleFormat": "The switch moved",
        }
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": ["migration-monkey"],
            "schemaVersion": 39,
            "editable": True,
            "refresh": "10s",
            "time": {"from": self.since, "to": "now"},
            "timezone": "browser",
            "links": [
                {"type": "dashboards", "tags": ["migration-monkey"], "title": "Migration Monkey", "asDropdown": False, "keepTime": True}
            ],
            "panels": placed,
            "annotations": {"list": [flips]},
        }

    def file(self) -> pathlib.Path:
        return DIRECTORY / f"{self.uid}.json"

    def text(self) -> str:
        return json.dumps(self.as_json(), indent=2, ensure_ascii=False) + "\n"


def stat(title: str, description: str, exprs: dict[str, str], **more: Any) -> Panel:
    return Panel("stat", title, description, more.pop("unit", "none"), exprs, **({"width": 6, "height": 5} | more))


def lines(title: str, description: str, unit: str, exprs: dict[str, str], **more: Any) -> Panel:
    return Panel("timeseries", title, description, unit, exprs, **more)


def bars(title: str, description: str, unit: str, exprs: dict[str, str], **more: Any) -> Panel:
    return Panel("bargauge", title, description, unit, exprs, **more)


def mean(name: str, label: str) -> str:
    """Of a summary, since the service was started; nothing for what has not happened."""
    return f"sum by ({label}) ({name}_sum) / (sum by ({label}) ({name}_count) > 0)"


NO_YES = {0: ("no", "green"), 1: ("yes", "orange")}
STEPPED = {"custom": {"lineInterpolation": "stepAfter", "lineWidth": 2, "fillOpacity": 20}, "min": 0, "max": 1}
WHO_SERVES = stat(
    "Who serves",
    "Where the proxies send the traffic",
    {"{{server}}": "server:monkey_switch_active:max"},
    width=8,
    words={0: ("standby", "blue"), 1: ("active", "green")},
)

MEMORY_WATCH = Dashboard(
    "memory-watch",
    "Memory watch",
    (
        WHO_SERVES,
        stat(
            "The monitors' verdict",
            "What each server's own monitor says of its memory. Exhausted on the active server orders a migration",
            {"{{server}}": "max by (server) (monkey_pressure_strained + monkey_pressure_exhausted)"},
            width=8,
            words={0: ("calm", "green"), 1: ("strained", "orange"), 2: ("exhausted", "red")},
        ),
        stat(
            "Answering Prometheus",
            "Down: nothing can be scraped there",
            {"{{job}} {{instance}}": "up"},
            width=8,
            words={0: ("down", "red"), 1: ("up", "green")},
        ),
        lines(
            "Memory used",
            "Share of all memory that can't be reclaimed; a container's limit counts where it is tighter",
            "percentunit",
            {"{{server}}": "monkey_memory_used_ratio"},
            width=24,
            height=9,
            colours=((None, "transparent"), (0.95, "red")),
            defaults={"min": 0, "max": 1, "custom": {"lineWidth": 2, "fillOpacity": 10, "thresholdsStyle": {"mode": "dashed"}}},
        ),
        lines(
            "Memory, in bytes",
            "Used, and all there is",
            "bytes",
            {"{{server}} used": "monkey_memory_used_bytes", "{{server}} total": "monkey_memory_total_bytes"},
            defaults={"min": 0},
        ),
        lines(
            "How long it lasts",
            "Until memory is used up if it goes on growing so; nothing where it does not grow",
            "s",
            {"{{server}}": "server:monkey_memory_left_seconds:min"},
            defaults={"min": 0},
        ),
        lines(
            "Which server is active",
            "One line stands at 1 at any time",
            "none",
            {"{{server}}": "server:monkey_switch_active:max"},
            defaults=STEPPED,
        ),
        lines(
            "Is the application well",
            "As Restart Monkey sees it on each server; both at 1 for long is wrong",
            "none",
            {"{{server}}": "server:monkey_application_well:max"},
            defaults=STEPPED,
        ),
    ),
    since="now-15m",
)

STANDBY = Dashboard(
    "standby",
    "Standby",
    (
        stat(
            "Ready to take over",
            "Nothing stands in the way, and only the last changes would have to move. monkey parity says why not",
            {"": "max(monkey_standby_ready)"},
            words={0: ("not ready", "red"), 1: ("ready", "green")},
        ),
        stat(
            "Age of the copy",
            "The standby has all data as it was then",
            {"": "min(monkey_parity_data_age_seconds)"},
            unit="s",
            colours=((None, "green"), (600, "orange"), (1800, "red")),
        ),
        stat(
            "Packages missing",
            "On the standby, as the latest look at both found",
            {"": "max(monkey_parity_packages_missing)"},
            unit="short",
            colours=((None, "green"), (1, "orange")),
        ),
        stat(
            "Packages older",
            "On the standby, as the latest look at both found",
            {"": "max(monkey_parity_packages_different)"},
            unit="short",
            colours=((None, "green"), (1, "orange")),
        ),
        lines(
            "Age of the copy",
            "A saw: each warm run brings it down",
            "s",
            {"age": "min(monkey_parity_data_age_seconds)"},
            width=24,
            defaults={"min": 0},
        ),
        lines(
            "Warm runs, by outcome",
            "Within an hour; preempted: it gave way to a migration",
            "short",
            {"{{outcome}}": "sum by (outcome) (increase(monkey_warm_runs_total[1h]))"},
            defaults={"min": 0},
        ),
        lines(
            "The longest warm run",
            "Of those that ended within the last minutes; 0 where none did",
            "s",
            {"{{outcome}}": "max by (outcome) (monkey_warm_duration_seconds_max)"},
            defaults={"min": 0},
        ),
    ),
    since="now-3h",
)

MIGRATIONS = Dashboard(
    "migrations",
    "Migrations",
    (
        stat(
            "Moves within a day",
            "By how much the switch's epoch grew: one for each move",
            {"": "max_over_time(monkey:switch_epoch:max[1d]) - min_over_time(monkey:switch_epoch:max[1d])"},
            unit="short",
            colours=((None, "green"), (3, "orange")),
        ),
        stat("Under way", "A migrator acts on the servers now", {"": "max(monkey_migrator_busy)"}, words=NO_YES),
        stat("Paused", "Nothing moves by itself until somebody ends the pause", {"": "max(monkey_paused)"}, words=NO_YES),
        stat(
            "Not come back",
            "A server that was left and did not return from its reboot",
            {"{{server}}": "max by (server) (monkey_source_missing)"},
            words={0: ("is back", "green"), 1: ("missing", "red")},
        ),
        bars(
            "How they ended",
            "Since the migrator's start",
            "short",
            {"{{state}}": "sum by (state) (monkey_migrations_total)"},
            width=8,
            defaults={"min": 0},
        ),
        bars(
            "Who ordered them",
            "Since the migrator's start",
            "short",
            {"{{trigger}}": "sum by (trigger) (monkey_migrations_total)"},
            width=8,
            defaults={"min": 0},
        ),
        bars(
            "How long they took",
            "From order to end, mean since the migrator's start. The reboot of the server that is left is part of it",
            "s",
            {"{{state}}": mean("monkey_migration_duration_seconds", "state")},
            width=8,
            defaults={"min": 0},
        ),
        bars(
            "Time of each step",
            "Mean since the migrator's start. Requests wait from HOLD_TRAFFIC to SWITCH_TRAFFIC",
            "s",
            {"{{step}}": mean("monkey_migration_step_seconds", "step")},
            height=12,
            defaults={"min": 0},
        ),
        lines(
            "The longest wait of a request",
            "In each migration, mean of the last hour, and the longest of any request that a proxy held",
            "s",
            {
                "migrations": "sum(increase(monkey_migration_stall_seconds_sum[1h]))"
                " / (sum(increase(monkey_migration_stall_seconds_count[1h])) > 0)",
                "{{instance}}": "max by (instance) (max_over_time(monkey_hold_seconds_max[1h]))",
            },
            height=12,
            defaults={"min": 0},
        ),
        lines(
            "What Restart Monkey did",
            "Within an hour, on each server",
            "short",
            {"{{action}} on {{server}}": "sum by (server, action) (increase(monkey_restarts_total[1h]))"},
            width=8,
            defaults={"min": 0},
        ),
        bars(
            "Reboots",
            "Apart from those of migrations, since the migrator's start",
            "short",
            {"{{server}} {{state}}": "sum by (server, state) (monkey_reboots_total)"},
            width=8,
            defaults={"min": 0},
        ),
        bars(
            "Orders by monitors and from outside",
            "What came of them, since the monitors' start",
            "short",
            {
                "monitor: {{outcome}}": "sum by (outcome) (monkey_orders_total)",
                "outside: {{outcome}}": "sum by (outcome) (monkey_triggers_total)",
            },
            width=8,
            defaults={"min": 0},
        ),
    ),
    since="now-6h",
)

TRAFFIC = Dashboard(
    "traffic",
    "Traffic",
    (
        WHO_SERVES,
        stat(
            "What the proxies' checks say",
            "Of each server. The standby's application is off, so its check fails",
            {"{{server}}": "min by (server) (monkey_upstream_reachable)"},
            width=8,
            words={0: ("last try failed", "orange"), 1: ("reachable", "green")},
        ),
        stat(
            "Following the switch",
            "Lost: that proxy keeps its last route until Redis is back",
            {"{{instance}}": "monkey_switch_connected"},
            width=8,
            words={0: ("lost", "red"), 1: ("follows", "green")},
        ),
        lines(
            "Requests",
            "By how they ended: only answered is good",
            "reqps",
            {"{{outcome}}": "sum by (outcome) (rate(monkey_requests_total[1m]))"},
            defaults={"min": 0},
        ),
        lines(
            "Time to the first byte",
            "From a request's header to the first byte of its answer, less what it waited for a migration",
            "s",
            {
                "half": "histogram_quantile(0.5, sum by (le) (rate(monkey_first_byte_seconds_bucket[5m])))",
                "99 of 100": "histogram_quantile(0.99, sum by (le) (rate(monkey_first_byte_seconds_bucket[5m])))",
            },
            defaults={"min": 0},
        ),
        lines(
            "Requests that wait",
            "While traffic is held for a migration: now, and within a minute",
            "short",
            {"waiting now": "sum(monkey_requests_waiting)", "held": "sum(increase(monkey_requests_held_total[1m]))"},
            defaults={"min": 0},
        ),
        lines(
            "In flight",
            "Sent to a server and not answered in full",
            "short",
            {"{{server}}": "sum by (server) (monkey_requests_in_flight)"},
            defaults={"min": 0},
        ),
        lines(
            "Refused",
            "The proxy answered itself, by reason",
            "reqps",
            {"{{reason}}": "sum by (reason) (rate(monkey_refusals_total[1m]))"},
            width=8,
            defaults={"min": 0},
        ),
        lines(
            "Retried",
            "Sent once more by the proxy, by how far the first attempt got",
            "reqps",
            {"{{reason}}": "sum by (reason) (rate(monkey_retries_total[1m]))"},
            width=8,
            defaults={"min": 0},
        ),
        lines(
            "Errors of the servers",
            "Attempts that failed there, by reason",
            "reqps",
            {"{{server}}: {{reason}}": "sum by (server, reason) (rate(monkey_upstream_errors_total[1m]))"},
            width=8,
            defaults={"min": 0},
        ),
        lines(
            "Bodies",
            "Bytes of requests (in) and answers (out)",
            "Bps",
            {"{{direction}}": "sum by (direction) (rate(monkey_body_bytes_total[1m]))"},
            width=8,
            defaults={"min": 0},
        ),
        lines(
            "Connections",
            "Of clients: open now",
            "short",
            {"{{instance}}": "monkey_connections"},
            width=8,
            defaults={"min": 0},
        ),
        lines(
            "Connections opened and cut",
            "New ones by protocol, and those that the proxy closed without a word by reason",
            "cps",
            {
                "{{protocol}}": "sum by (protocol) (rate(monkey_connections_opened_total[1m]))",
                "cut: {{reason}}": "sum by (reason) (rate(monkey_connections_closed_total[1m]))",
            },
            width=8,
            defaults={"min": 0},
        ),
    ),
)

DASHBOARDS = (MEMORY_WATCH, MIGRATIONS, STANDBY, TRAFFIC)

if __name__ == "__main__":
    for dashboard in DASHBOARDS:
        dashboard.file().write_text(dashboard.text(), encoding="utf-8")
