"""Made-up data for the style guide. Every component appears there, so one look and one test see all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from hueandcry.web.charts import SUPPRESSED, Cell, Chart, Column, Mark
from hueandcry.web.filters import Filter, Option
from hueandcry.web.graphs import Edge, Graph, Group, Node

METHOD = (
    "Each report is counted once, on the day it was received. Cells under 10 reports or 3 organisations are suppressed."
)
SOURCE = "Made-up reports, for the style guide"


class SampleForm(forms.Form):
    """One field of each kind."""

    what = forms.CharField(
        label="What happened",
        help_text="In your own words; a sentence is enough.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(label="Where may we reach you", required=False)
    handling = forms.ChoiceField(
        label="Who may see it", choices=[("GREEN", "The community"), ("AMBER", "My organisation and its clients")]
    )
    lost = forms.ChoiceField(label="Did you lose money", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I may share this with the alliance")


def sample() -> dict[str, Any]:
    """The context of ``web/styleguide.html``."""
    now = datetime.now(tz=UTC)
    return {
        "desks": DESKS,
        "tlp_levels": ["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"],
        "swatches": SWATCHES,
        "filters": FILTERS,
        "reports": REPORTS,
        "charts": [over_time(), by_class(), by_sector(), by_country(), class_by_sector(), overlap()],
        "graph_sample": ties(),
        "waiting_items": WAITING,
        "tabs": TABS,
        "chain_before": CHAIN_BEFORE,
        "chain_after": CHAIN_AFTER,
        "form": SampleForm({"what": "", "email": "shop@example"}),
        "hours_ago": now - timedelta(hours=5),
        "when": datetime(2025, 3, 3, 14, 2, tzinfo=UTC),
    }


def over_time() -> Chart:
    """Two series by month, one with a band; a change, two provisional months and three that are forecast."""
    columns = [
        Column("month", "Month", "time"),
        Column("all", "Estimated"),
        Column("all", "low", "low"),
        Column("all", "high", "high"),
        Column("seen", "Reported"),
    ]
    rows: list[list[Cell]] = []
    for at in range(18):
        middle = 3000 + 90 * at + 260 * ((at * 5) % 4) - (900 if at > 15 else 0)
        spread = 380 + 26 * at
        rows.append(
            [f"{2024 + at // 12}-{at % 12 + 1:02}", middle, middle - spread, middle + spread, round(middle * 0.46)]
        )
    rows += [[f"2025-{7 + at:02}", 4600, 3900 - 200 * at, 5300 + 200 * at, None] for at in range(3)]
    return Chart(
        "over-time",
        "line",
        "Phishing over time",
        "reports a month",
        columns,
        rows,
        SOURCE,
        METHOD,
        csv_url="#csv",
        provisional_from="2025-05",
        forecast_from="2025-07",
        marks=[Mark("2024-09", "level rose by a third")],
    )


def overlap() -> Chart:
    """Which kinds of source tell of the same crime."""
    sets = ["businesses", "law enforcement", "CERTs", "government"]
    members = [[0], [1], [0, 1], [2], [0, 2], [1, 2], [0, 1, 2], [3], [0, 3]]
    names = [" + ".join(sets[at] for at in row) for row in members]
    counts: list[Cell] = [5120, 2210, 905, 640, 310, 120, 85, 60, SUPPRESSED]
    return Chart(
        "overlap",
        "upset",
        "Who tells of the same crime",
        "crimes",
        [Column("sources", "Told by", "category"), Column("crimes", "Crimes")],
        [[name, count] for name, count in zip(names, counts, strict=True)],
        SOURCE,
        METHOD,
        csv_url="#csv",
        sets=sets,
        members=members,
    )


def by_class() -> Chart:
    """Stacked bars by quarter."""
    names = ["Fraud", "Malware", "Intrusion", "Availability", "Other"]
    rows: list[list[Cell]] = [
        [f"2024 Q{q}", *[420 - 70 * i + 35 * ((q * (i + 2)) % 5) for i in range(5)]] for q in range(1, 5)
    ]
    columns = [Column("quarter", "Quarter", "category"), *[Column(name.lower(), name) for name in names]]
    return Chart(
        "by-class", "bars", "Reports by class", "reports", columns, rows, SOURCE, METHOD, csv_url="#csv", stacked=True
    )


def by_sector() -> Chart:
    """Horizontal bars with whiskers and suppressed cells."""
    columns = [
        Column("sector", "Sector", "category"),
        Column("n", "Reports"),
        Column("n", "low", "low"),
        Column("n", "high", "high"),
    ]
    rows: list[list[Cell]] = [
        ["Finance and insurance", 912, 870, 960],
        ["Public administration", 541, 500, 590],
        ["Health and social work", 388, 350, 430],
        ["Retail and wholesale trade", 302, 270, 335],
        ["Education", 96, 78, 115],
        ["Mining and quarrying", SUPPRESSED, None, None],
        ["Arts and recreation", SUPPRESSED, None, None],
    ]
    return Chart(
        "by-sector",
        "ranking",
        "Reports by sector",
        "reports",
        columns,
        rows,
        SOURCE,
        METHOD,
        csv_url="#csv",
        note="Finance reports most; it also has the most members.",
    )


def by_country() -> Chart:
    """A map with suppressed and unknown countries."""
    counts: dict[str, Cell] = {
        "PT": 320,
        "ES": 540,
        "FR": 890,
        "DE": 1210,
        "NL": 460,
        "IT": 610,
        "GB": 1480,
        "US": 2210,
        "CA": 640,
        "AU": 720,
        "NZ": 130,
        "PL": 330,
        "RO": 210,
        "IN": 870,
        "BR": 400,
        "NG": 160,
        "KE": 60,
        "UA": 280,
        "SE": 190,
        "NO": 120,
        "FI": 90,
        "IE": 80,
    }
    counts |= {"EE": SUPPRESSED, "DZ": SUPPRESSED, "MN": SUPPRESSED, "AR": 44}
    columns = [Column("country", "Country", "country"), Column("n", "Reports")]
    return Chart(
        "by-country",
        "map",
        "Reports by country",
        "reports",
        columns,
        [[code, n] for code, n in counts.items()],
        SOURCE,
        METHOD,
        csv_url="#csv",
    )


def class_by_sector() -> Chart:
    """A heat map with suppressed cells."""
    sectors = ["Finance", "Public", "Health", "Trade", "Education", "Energy"]
    classes = ["Fraud", "Malware", "Information gathering", "Intrusion", "Availability", "Abusive content"]
    rows: list[list[Cell]] = []
    for i, name in enumerate(classes):
        counts = [round(420 / (1 + abs(i - j) + 0.4 * j)) if i + j < 9 else 4 for j in range(6)]
        rows.append([name, *[n if n >= 60 else SUPPRESSED for n in counts]])
    columns = [Column("class", "Class", "category"), *[Column(s.lower(), s) for s in sectors]]
    return Chart("class-by-sector", "heat", "Class by sector", "reports", columns, rows, SOURCE, METHOD, csv_url="#csv")


def ties() -> Graph:
    """Three crimes and what they share; the rest folded."""
    groups = [
        Group("crime", "Crimes", "circle", 1),
        Group("value", "Values", "diamond", 2),
        Group("body", "Organisations", "roundRect", 3),
    ]
    nodes = [
        Node("c1", "False invoice, Porto", "crime", 0, 0, 0.9, "#c1", "3 reports"),
        Node("c2", "False invoice, Vigo", "crime", 300, 40, 0.5, "#c2", "2 reports"),
        Node("c3", "Call from a bank", "crime", 160, 220, 0.3, "#c3"),
        Node("v1", "PT50 0000 2012 3456 7890 154", "value", 150, 20, 0.8, detail="IBAN of a mule"),
        Node("v2", "+351 912 345 678", "value", 80, 130, 0.4),
        Node("b1", "Example Bank", "body", -80, 90, 1.0, "#b1"),
    ]
    edges = [
        Edge("c1", "v1", 3.1), Edge("c2", "v1", 3.1), Edge("c1", "v2", 1.2), Edge("c3", "v2", 1.2),
        Edge("b1", "c1", 0.4, "reports it"), Edge("b1", "c3", 0.4, "reports it"),
    ]  # fmt: skip
    folded = "7 more crimes and 12 more values tie less and are not drawn."
    return Graph("ties", "What ties these crimes together", groups, nodes, edges, SOURCE, METHOD, folded)


DESKS = [
    {"name": "Home", "url": "#home", "icon": "home", "current": False, "waits": 3},
    {"name": "Exchange", "url": "#exchange", "icon": "switch-horizontal", "current": True},
    {"name": "Linkage", "url": "#linkage", "icon": "hierarchy"},
    {"name": "Picture", "url": "#picture", "icon": "chart-dots"},
    {"name": "Members", "url": "#members", "icon": "users-group"},
    {"name": "Audit", "url": "#audit", "icon": "clipboard-list"},
]
SWATCHES = ["ink", "ink-soft", "paper", "surface", "sunk", "line", "line-strong", "signal", "good", "doubt", "link"]
SWATCHES += [
    "cat-1",
    "cat-2",
    "cat-3",
    "cat-4",
    "cat-5",
    "cat-6",
    "cat-7",
    "cat-other",
    "seq-1",
    "seq-2",
    "seq-3",
    "seq-4",
    "seq-5",
]
FILTERS = [
    Filter("words", "Words", "text"),
    Filter(
        "class",
        "Class",
        "many",
        [Option("fraud", "Fraud", 212), Option("malware", "Malware", 64), Option("intrusion", "Intrusion", 41)],
    ),
    Filter("country", "Country", "one", [Option("PT", "Portugal", 14), Option("ES", "Spain", 9)]),
    Filter("since", "Since", "date"),
]
REPORTS = [
    {
        "title": "Mule accounts behind fake invoices",
        "by": "Example Bank",
        "country": "PT",
        "class": "Fraud",
        "others": 14,
        "loss": 48200,
        "tlp": "AMBER",
        "state": "",
    },
    {
        "title": "Phishing against Portuguese banks",
        "by": "Banco Exemplo",
        "country": "PT",
        "class": "Fraud",
        "others": 5,
        "loss": 1250,
        "tlp": "GREEN",
        "state": "",
    },
    {
        "title": "Ransom note at a regional hospital",
        "by": "Hospital do Exemplo",
        "country": "ES",
        "class": "Malware",
        "others": 0,
        "loss": None,
        "tlp": "RED",
        "state": "withdrawn",
    },
    {
        "title": "Fake parcel messages with a wallet",
        "by": "Example Post",
        "country": "NL",
        "class": "Fraud",
        "others": 212,
        "loss": 3904112,
        "tlp": "CLEAR",
        "state": "",
    },
]
WAITING = [
    {
        "text": "Another organisation holds something on your wallet",
        "detail": "Report 118, one value, 2 reports by 1 other organisation",
        "url": "#a",
        "act": "Ask",
        "icon": "bell",
        "urgent": True,
    },
    {
        "text": "The police asks to see report 118",
        "detail": "Cybercrime unit, PT. Their purpose: prosecution",
        "url": "#b",
        "act": "Answer",
        "icon": "message-question",
    },
    {
        "text": "Your file of Monday: 212 stored",
        "detail": "iocs-2025-w23.json, STIX 2.1",
        "url": "#c",
        "icon": "file-text",
    },
]
TABS: list[dict[str, Any]] = [
    {"label": "Observables", "url": "#o", "current": True, "count": 12},
    {"label": "Links", "url": "#l", "count": 14},
    {"label": "Account", "url": "#t"},
    {"label": "Handling", "url": "#h"},
    {"label": "Log", "url": "#g"},
]
CHAIN_BEFORE = [{"kind": "Submission", "text": "iocs-2025-w23.json", "url": "#s", "icon": "file-text"}]
CHAIN_AFTER = [
    {"kind": "Linked", "text": "14 reports by 5 organisations in 4 countries", "url": "#l", "icon": "link"},
    {"kind": "Figure", "text": "Reports by sector, Finance", "url": "#f", "icon": "chart-bar"},
]
