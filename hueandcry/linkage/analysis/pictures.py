"""The graph and the charts of an operation: what D's reads gave, with words, unit, source and method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.exchange.observables import TYPES
from hueandcry.linkage.analysis.layout import places
from hueandcry.linkage.analysis.words import class_words, day_words, type_words
from hueandcry.linkage.operations.shown import Graph as Ties
from hueandcry.linkage.operations.shown import Holder, Means, Node, Timeline
from hueandcry.web.charts import Chart, Column
from hueandcry.web.graphs import Edge, Graph, Group
from hueandcry.web.graphs import Node as Drawn
from hueandcry.web.numbers import grouped

MONEY = frozenset(key for key in TYPES if key in ("iban", "bic", "payment-card") or key.endswith("-address"))
WEEKS = 260  # bars that are drawn; an operation older than five years shows its last five


def source() -> str:
    """The line under each picture."""
    return _("Reports of this operation that you may see, of today")


def graph(ties: Ties, holders: Sequence[Holder]) -> Graph:
    """The graph as it is drawn: crimes, values by what they are, organisations."""
    at = {node.key: number for number, node in enumerate(ties.nodes)}
    edges = tuple((at[edge.source], at[edge.target]) for edge in ties.edges)
    slugs = {one.id: one.slug for one in holders}
    most: dict[str, float] = {}
    for node in ties.nodes:
        most[node.kind] = max(most.get(node.kind, 0.0), node.weight)
    drawn = [
        Drawn(
            node.key, _label(node), _group(node), x, y,
            size=node.weight / most[node.kind] if most[node.kind] else 0.0, url=_url(node, slugs), detail=_detail(node),
        )
        for node, (x, y) in zip(ties.nodes, places(len(ties.nodes), edges), strict=True)
    ]  # fmt: skip
    kept = {node.group for node in drawn}
    return Graph(
        "ties", _("What ties these crimes together"), [one for one in _groups() if one.key in kept], drawn,
        [Edge(edge.source, edge.target, edge.weight, _tie(edge.weight)) for edge in ties.edges], source(),
        _(
            "A crime hangs on the values that its reports name, an organisation on the crimes that it reported. A line"
            " is the wider, the fewer crimes hold the value and the more a value of its type tells; so is a thing the"
            " larger. Values that the victims own, and those that tell nothing, are left out. Near means tied; up,"
            " down, left and right mean nothing."
        ),
        folded=folded(ties.folded),
        note=_("Click a thing to open it; pull it to move it; point at it to read what it is."),
    )  # fmt: skip


def folded(counts: Mapping[Any, int]) -> str:
    """What is not drawn, in a sentence; "" where all is."""
    parts = []
    if n := counts.get("crime", 0):
        parts.append(ngettext("%(n)s crime", "%(n)s crimes", n) % {"n": n})
    if n := counts.get("value", 0):
        parts.append(ngettext("%(n)s value", "%(n)s values", n) % {"n": n})
    if n := counts.get("organisation", 0):
        parts.append(ngettext("%(n)s organisation", "%(n)s organisations", n) % {"n": n})
    if not parts:
        return ""
    return _("Not drawn, because they tie least: %(what)s. They stand in the tables.") % {"what": ", ".join(parts)}


def _groups() -> list[Group]:
    return [
        Group("crime", _("Crimes"), "circle", 1),
        Group("money", _("Accounts and wallets"), "diamond", 2),
        Group("value", _("Other values"), "triangle", 6),
        Group("organisation", _("Organisations that report"), "roundRect", 3),
    ]


def _group(node: Node) -> str:
    return ("money" if node.type in MONEY else "value") if node.kind == "value" else node.kind


def _label(node: Node) -> str:
    return node.label[:120] or _("untitled")


def _detail(node: Node) -> str:
    said = class_words(node.type) if node.kind == "crime" else type_words(node.type) if node.kind == "value" else ""
    when = date_format(node.day, "j N Y", use_l10n=False) if node.day else ""
    if node.kind == "value" and when:
        when = _("last used %(day)s") % {"day": when}
    return ", ".join(part for part in (said, when) if part)


def _url(node: Node, slugs: Mapping[int, str]) -> str:
    if node.kind == "crime":
        return reverse("linkage:crime", args=[node.reference])
    if node.kind == "value":
        return f"{reverse('exchange:reports')}?{urlencode({'q': node.label})}"
    return f"/organisations/{slugs[node.number]}/" if node.number in slugs else ""


def _tie(weight: float) -> str:
    return _("tells %(weight).2f of 1") % {"weight": weight} if weight else _("reported it")


# Charts


def weeks(timeline: Timeline) -> Chart:
    """Crimes by the week in which they began."""
    shown = timeline.weeks[-WEEKS:]
    cut = len(timeline.weeks) - len(shown)
    return Chart(
        "weeks", "bars", _("Crimes by week"), _("crimes"),
        [Column("week", _("Week that begins on"), "category"), Column("crimes", _("Crimes"))],
        [[day.isoformat(), n] for day, n in shown],
        source(),
        _(
            "Each crime counts once, in the week (Monday to Sunday, UTC) in which it began; where no report says when,"
            " in the week of its first report. Weeks without a crime are drawn."
        ),
        note=_("%(n)s earlier weeks are not drawn.") % {"n": cut} if cut else pauses(shown),
    )  # fmt: skip


def pauses(counted: Sequence[tuple[date, int]]) -> str:
    """The longest rest between two crimes, in words; "" where there is none of four weeks."""
    longest, since, rest = 0, None, 0
    for day, n in counted:
        rest = 0 if n else rest + 1
        if rest > longest:
            longest, since = rest, day
    if longest < 4 or since is None:
        return ""
    return _("Longest pause: %(n)s weeks without a crime, until %(day)s.") % {"n": longest, "day": day_words(since)}


def countries(rows: Sequence[tuple[str, int]], crimes: int) -> Chart:
    """Where the victims are, of so many crimes."""
    unsaid = crimes - sum(n for _code, n in rows)  # at least: a crime that hit two countries counts in both
    nowhere = _("Of %(n)s of %(all)s crimes no report names the country.") % {
        "n": grouped(unsaid),
        "all": grouped(crimes),
    }
    return Chart(
        "countries", "map", _("Crimes by country of the victim"), _("crimes"),
        [Column("country", _("Country"), "country"), Column("crimes", _("Crimes"))],
        [[code, n] for code, n in rows], source(),
        _("A crime that hit two countries counts in both; one of which no report names the country is not on the map."),
        note=" ".join([_("Grey: no crime that you may see."), nowhere if unsaid > 0 else ""]).strip(),
    )  # fmt: skip


def techniques(rows: Sequence[tuple[str, int]]) -> Chart:
    """Which techniques of ATT&CK its reports name."""
    return Chart(
        "techniques", "ranking", _("Techniques"), _("crimes"),
        [Column("technique", _("Technique (ATT&CK)"), "category"), Column("crimes", _("Crimes"))],
        [[code, n] for code, n in rows[:20]], source(),
        _("As the reports name them; a crime counts once for each technique. The 20 commonest."),
    )  # fmt: skip


def uses(values: Sequence[Means]) -> list[dict[str, Any]]:
    """Each value with the stretch of its use on one scale, for a bar beside it: ``x`` and ``width`` of 100."""
    if not values:
        return []
    first, last = min(v.first for v in values), max(v.last for v in values)
    days = max(1, (last - first).days)
    return [
        {
            "value": v, "kind": type_words(v.type), "x": f"{100 * (v.first - first).days / days:.2f}",
            "width": f"{max(1.2, 100 * (v.last - v.first).days / days):.2f}",
        }
        for v in values
    ]  # fmt: skip
