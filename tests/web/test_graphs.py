"""A graph's table and its drawing come from the same nodes, and a graph that contradicts itself is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.template import Context, Template

from hueandcry.web.graphs import LARGEST, SMALLEST, BadGraphError, Edge, Graph, Group, Node, pixels, width

GROUPS = [Group("crime", "Crimes", "circle", 1), Group("value", "Values", "diamond", 2)]
NODES = [Node("c", "A crime", "crime", 0, 0, 1.0, "/c/", "two reports"), Node("v", "PT50", "value", 10.26, 5)]


def graph(**more: Any) -> Graph:
    given: dict[str, Any] = {"groups": GROUPS, "nodes": NODES, "edges": [Edge("c", "v", 2.0, "names it")]} | more
    return Graph("g", "Title", source="source", method="method", **given)


def test_spec_is_json_and_names_nodes_by_number() -> None:
    spec = json.loads(json.dumps(graph().spec()))
    assert spec["rows"] == [["A crime", 0, 0, 0, LARGEST, "two reports"], ["PT50", 1, 10.3, 5, SMALLEST, ""]]
    assert spec["edges"] == [[0, 1, 4.0, "names it"]]
    assert spec["links"] == ["/c/", ""]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"edges": [Edge("c", "absent")]}, "no node"),
        ({"nodes": [NODES[0], NODES[0]]}, "one id"),
        ({"nodes": [Node("c", "x", "absent", 0, 0)], "edges": []}, "which is none"),
        ({"nodes": [Node("c", "x", "crime", float("nan"), 0)], "edges": []}, "no place"),
        ({"nodes": [Node(str(i), "x", "crime", i, 0) for i in range(501)], "edges": []}, "fold all but 500"),
        ({"groups": [*GROUPS, GROUPS[0]]}, "keys of their own"),
    ],
)
def test_a_graph_that_contradicts_itself_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(BadGraphError, match=why):
        graph(**wrong)


def test_sizes_and_widths_stay_within_bounds() -> None:
    assert [pixels(size) for size in (-1, 0, 1, 9)] == [SMALLEST, SMALLEST, LARGEST, LARGEST]
    assert width(1, 4) < width(2, 4) < width(4, 4) == 4.0
    assert width(1, 0) == 0.6


def test_it_is_a_table_first_and_its_data_cannot_break_out() -> None:
    evil = "</script><b onclick=x>"
    made = graph(nodes=[Node("c", evil, "crime", 0, 0, url="/c/", detail=evil), NODES[1]], folded="7 more are folded.")
    page = Template("{% load hueandcry %}{% graph it %}").render(Context({"it": made}))
    assert evil not in page
    assert page.count("</script>") == 1
    assert '<a href="/c/">&lt;/script&gt;' in page
    assert "7 more are folded." in page
