"""What Grafana provisions: python3 -m unittest discover -s deploy/grafana -p '*_test.py'"""

import json
import pathlib
import re
import unittest
from typing import Any

import dashboards

HERE = pathlib.Path(__file__).parent
# Grafana's own names of units, as far as they are used here.
UNITS = {"none", "short", "s", "bytes", "Bps", "reqps", "cps", "percentunit"}


def provisioned() -> dict[str, Any]:
    return {file.name: json.loads(file.read_text(encoding="utf-8")) for file in sorted((HERE / "dashboards").glob("*.json"))}


class Dashboards(unittest.TestCase):
    def panels(self) -> list[tuple[str, Any]]:
        there = [(name, panel) for name, board in provisioned().items() for panel in board["panels"]]
        self.assertGreater(len(there), 30)
        return there

    def test_each_file_is_what_the_code_says_and_there_is_no_other(self) -> None:
        self.assertEqual({board.file().name for board in dashboards.DASHBOARDS}, set(provisioned()))
        for board in dashboards.DASHBOARDS:
            with self.subTest(board.uid):
                self.assertEqual(board.file().read_text(encoding="utf-8"), board.text(), "run deploy/grafana/dashboards.py")

    def test_each_has_an_identity_of_its_own_by_which_its_file_is_named(self) -> None:
        for name, board in provisioned().items():
            self.assertEqual(name, board["uid"] + ".json")
        self.assertEqual(len({board["title"] for board in provisioned().values()}), len(provisioned()))

    def test_every_panel_says_what_it_shows_and_in_which_unit(self) -> None:
        for name, panel in self.panels():
            with self.subTest(f"{name}: {panel['title']}"):
                self.assertGreater(len(panel["description"]), 15)
                self.assertNotEqual(panel["description"], panel["title"])
                self.assertIn(panel["fieldConfig"]["defaults"]["unit"], UNITS)
                self.assertTrue(panel["targets"])
                for target in panel["targets"]:
                    self.assertTrue(target["expr"].strip())
                self.assertEqual(len({target["refId"] for target in panel["targets"]}), len(panel["targets"]))

    def test_everything_asks_the_datasource_that_is_provisioned(self) -> None:
        text = (HERE / "provisioning/datasources/prometheus.yml").read_text(encoding="utf-8")
        there = re.findall(r"^ *(?:- )?uid: (\S+)$", text, re.MULTILINE)
        self.assertEqual(len(there), 1)
        for name, board in provisioned().items():
            asked = re.findall(r'"uid": "([^"]+)"', json.dumps(board["panels"]) + json.dumps(board["annotations"]))
            self.assertEqual(set(asked), set(there), name)

    def test_panels_lie_beside_each_other_and_within_the_screen(self) -> None:
        for name, board in provisioned().items():
            taken: set[tuple[int, int]] = set()
            for panel in board["panels"]:
                place = panel["gridPos"]
                cells = {
                    (x, y)
                    for x in range(place["x"], place["x"] + place["w"])
                    for y in range(place["y"], place["y"] + place["h"])
                }
                self.assertFalse(taken & cells, f"{name}: {panel['title']} lies on another")
                self.assertLessEqual(place["x"] + place["w"], dashboards.WIDTH)
                taken |= cells

    def test_numbers_of_panels_are_unique_on_their_page(self) -> None:
        for name, board in provisioned().items():
            self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]), name)


if __name__ == "__main__":
    unittest.main()
