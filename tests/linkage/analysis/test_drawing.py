"""The graph on paper: well-formed, inside its frame, every text escaped."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hueandcry.linkage.analysis.drawing import svg, weeks
from hueandcry.web.graphs import Edge, Graph, Group, Node

GROUPS = [
    Group("crime", "Crimes", "circle", 1),
    Group("money", "Accounts", "diamond", 2),
    Group("value", "Others", "triangle", 6),
    Group("body", "Organisations", "roundRect", 3),
]
EVIL = '</svg><script>alert(1)</script>&"'


def graph(nodes: list[Node], edges: list[Edge]) -> Graph:
    return Graph("g", "Title", GROUPS, nodes, edges, "source", "method")


def test_it_is_an_image_with_a_mark_for_each_node_and_a_line_for_each_edge() -> None:
    nodes = [Node(g.key, EVIL, g.key, 40.0 * n, 1e4 * n, 1.0) for n, g in enumerate(GROUPS)]
    drawn = svg(graph(nodes, [Edge("crime", "money", 2), Edge("crime", "value", 0)]))
    root = ET.fromstring(drawn)  # noqa: S314  our own
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert "script" not in tags
    assert tags.count("line") == 2
    assert (tags.count("circle"), tags.count("rect"), tags.count("polygon")) == (2, 2, 4)  # with the legend
    _left, _top, wide, high = map(float, root.attrib["viewBox"].split())
    circles = [e for e in root.iter() if e.tag.endswith("circle")]
    assert all(0 <= float(e.attrib["cx"]) <= wide and 0 <= float(e.attrib["cy"]) <= high for e in circles)
    assert high < 700


def test_one_node_alone_is_drawn_and_none_gives_nothing() -> None:
    assert ET.fromstring(svg(graph([Node("c", "x", "crime", 5, 5)], [])))  # noqa: S314
    assert svg(graph([], [])) == ""


def test_weeks_are_bars() -> None:
    root = ET.fromstring(weeks([("2026-01-05", 3), ("<b>", 0), ("2026-01-19", 1)]))  # noqa: S314
    assert sum(e.tag.endswith("rect") for e in root.iter()) == 2
    assert weeks([]) == ""
    assert weeks([("2026-01-05", 0)])
