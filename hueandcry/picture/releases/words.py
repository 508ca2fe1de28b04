"""What the pages of releases say: headline figures, charts and files out of what was published. Reads no table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.picture.dashboard import words as labels
from hueandcry.picture.models import Release
from hueandcry.picture.question import Dimension
from hueandcry.picture.releases import build, documents
from hueandcry.picture.releases.contents import TABLES
from hueandcry.picture.releases.documents import Facts
from hueandcry.picture.releases.figures import Turn
from hueandcry.picture.releases.observations import Observation
from hueandcry.web.charts import SUPPRESSED, Cell, Chart, Column, Mark
from hueandcry.web.numbers import grouped

OWN_TITLE: Final = gettext_lazy("Releases of the picture")
METHOD_URL: Final = "/picture/method/"
STEPS: Final = build.STEPS
RANKED: Final = 15  # rows of a ranking; the rest is in the files
Observations = Mapping[str, Sequence[Observation]]
_WHAT = {
    ".csv": gettext_lazy("table (CSV)"), ".csv-metadata.json": gettext_lazy("metadata of the table (CSVW)"),
    ".sdmx.csv": gettext_lazy("all figures (SDMX-CSV 2.0)"), ".sdmx.xml": gettext_lazy("their structure (SDMX-ML 2.1)"),
    ".parquet": gettext_lazy("all figures (Parquet)"), ".json": gettext_lazy("what it is and how it was made (JSON)"),
    ".txt": gettext_lazy("what is in the files"),
}  # fmt: skip


def address(release: Release) -> str:
    """Where a release stands, in full."""
    return settings.PUBLIC_URL + reverse("picture:release", args=[release.number])


def entry(release: Release) -> str:
    """Its line in a feed."""
    said = {"number": release.number, "title": release.title}
    if release.corrects:
        said |= {"wrong": release.corrects.number}
        return _("Release %(number)s: %(title)s (corrects release %(wrong)s)") % said
    return _("Release %(number)s: %(title)s") % said


def citation(facts: Facts) -> str:
    """How to cite it."""
    return documents.citation(facts)


def file_name(release: Release, name: str) -> str:
    """What a download is called: it says which release it is of."""
    return f"picture-release-{release.number or 'draft'}-{name}"


def files(release: Release) -> list[dict[str, Any]]:
    """The files with their address, size and sha256; the metadata of a table stands with it."""
    found = []
    for each in release.manifest.get("files", ()):
        name = each["name"]
        what = max((end for end in _WHAT if name.endswith(end)), key=len)
        if release.number is None:
            url = reverse("picture:release-draft-file", args=[release.reference, name])
        else:
            url = reverse("picture:release-file", args=[release.number, name])
        said = _tables().get(name) or str(_WHAT[what])
        found.append(each | {"url": url, "what": said, "metadata": what == ".csv-metadata.json"})
    tables = {each["name"]: each for each in found if not each["metadata"]}
    for each in found:
        if each["metadata"]:
            tables[each["name"].removesuffix("-metadata.json")]["described"] = each
    order = [".txt", ".json", ".sdmx.csv", ".sdmx.xml", ".parquet"]
    return sorted(
        tables.values(),
        key=lambda each: next((i for i, end in enumerate(order) if each["name"].endswith(end)), len(order)),
    )


def _tables() -> dict[str, str]:
    """What each table is of, by the name of its file."""
    titles = {f"{table.name}.csv": _(table.title) for table in TABLES}
    titles["change-points.csv"] = _("Months in which a level changed")
    return {name: _("%(title)s (CSV)") % {"title": title} for name, title in titles.items()}


def headline(observations: Observations, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Reported, distinct, estimated: three figures, each with its interval or the word for why it has no value."""
    whole: dict[str, Any] = next((one for one in said.get("estimates", ()) if not one["of"]), {})
    distinct = _("Crimes that these reports tell of, after linkage.")
    if whole.get("distinct") == "corrected":
        distinct = _("Crimes that these reports tell of, after linkage, its measured errors taken out.")
    estimated = _("Crimes that there were, reported or not, estimated from how the sources overlap.")
    if whole.get("refused"):
        estimated = " ".join((estimated, _("No number is given:"), whole["reason"]))
    told = {
        "reported": (
            _("Reports"),
            _("Current reports of incidents whose purpose allows statistics, each counted once."),
        ),
        "distinct": (_("Distinct crimes"), distinct),
        "estimated": (_("Estimated crimes"), estimated),
    }
    found = []
    for number, (label, how) in told.items():
        each = _whole(observations, number)
        found.append({
            "label": label, "value": each.value if each and each.value is not None else _word(each),
            "low": each.low if each else None, "high": each.high if each else None,
            "method": how, "method_url": f"{METHOD_URL}#{number}",
        })  # fmt: skip
    return found


def _whole(observations: Observations, number: str) -> Observation | None:
    """The number of all, where linkage's errors are known with these taken out."""
    held = {each.measure: each for each in observations.get("overall", ()) if not each.key and each.number == number}
    return held.get("linkage") or held.get("count")


def _word(each: Observation | None) -> str:
    if each is None:
        return _("suppressed")
    return _("refused") if each.withheld == "refused" else _("suppressed")


def sentence(observations: Observations) -> str:
    """What it says in one sentence."""
    reported, distinct = (_whole(observations, number) for number in ("reported", "distinct"))
    if reported is None or distinct is None or reported.value is None or distinct.value is None:
        return _("There is too little to say how many crimes the reports tell of without showing whose they are.")
    said = {"reports": grouped(reported.value), "crimes": grouped(distinct.value)}
    return _("%(reports)s reports tell of %(crimes)s crimes.") % said


def charts(release: Release, observations: Observations, turns: Iterable[Turn] = ()) -> list[Chart]:
    """The charts of a release's page, those that show anything."""
    ground = _Ground(release, observations)
    made = [
        ground.months(turns),
        ground.ranking("country-by-class", "class", _("Distinct crimes by class"), _("crimes")),
        ground.ranking("country-by-class", "country", _("Distinct crimes by country of the victim"), _("crimes")),
        ground.ranking("sector-by-class", "sector", _("Distinct crimes by sector of the victim"), _("crimes")),
        ground.ranking(
            "rate-inhabitants",
            "country",
            _("Distinct crimes per inhabitant"),
            _("crimes per 100,000 inhabitants"),
        ),
        ground.ranking("loss-by-class", "class", _("Reported losses by class"), _("euros")),
    ]
    return [
        chart
        for chart in made
        if chart and any(cell is not SUPPRESSED and cell is not None for row in chart.rows for cell in row[1:])
    ]


class _Ground:
    def __init__(self, release: Release, observations: Observations) -> None:
        self.release, self.observations = release, observations
        said = {"name": _("release %(number)s") % {"number": release.number} if release.number else _("draft")}
        self.source = _("The picture of the alliance, %(name)s") % said
        self.method = " ".join((
            _("A number is shown only for 10 cases or more from at least 3 organisations, where nobody makes up most of"
              " it and it cannot be worked out from others."),
            _("What is held back may be none."),
            _("Charts count crimes as linkage found them; where its errors were measured, the figures above and the"
              " measure linkage of the tables have them taken out."),
        ))  # fmt: skip

    def csv(self, table: str) -> str:
        """The address of the table's CSV."""
        name = f"{table}.csv"
        if self.release.number is None:
            return reverse("picture:release-draft-file", args=[self.release.reference, name])
        return reverse("picture:release-file", args=[self.release.number, name])

    def months(self, turns: Iterable[Turn]) -> Chart | None:
        held = [each for each in self.observations.get("month-by-class", ()) if set(each.key) == {"month"}]
        by = {(each.number, each.measure, each.key["month"]): each for each in held}
        months = sorted({each.key["month"] for each in held})
        late = sorted({each.key["month"] for each in held if each.provisional})
        if not months:
            return None
        rows: list[list[Cell]] = []
        for month in months:
            reported, distinct = (by.get((number, "count", month)) for number in ("reported", "distinct"))
            whole = by.get(("distinct", "corrected", month))
            row: list[Cell] = [month, _cell(reported), _cell(distinct)]
            if late:
                row += [None, None, None] if whole is None else [whole.value, whole.low, whole.high]
            rows.append(row)
        columns = [
            Column("month", _("Month"), "time"),
            Column("reported", _("Reports")),
            Column("distinct", _("Distinct crimes")),
        ]
        if late:
            label = _("with those still to be reported")
            columns += [Column("whole", label), Column("whole", label, "low"), Column("whole", label, "high")]
        return Chart(
            "months", "line", _("Month by month"), _("reports and crimes a month"), columns, rows, self.source,
            self.method, csv_url=self.csv("month-by-class"), provisional_from=late[0] if late else "",
            marks=[Mark(each.since, _turn(each)) for each in turns if each.since in months],
            method_url=f"{METHOD_URL}#time",
        )  # fmt: skip

    def ranking(self, table: str, dimension: Dimension, title: str, unit: str) -> Chart | None:
        held = [
            each
            for each in self.observations.get(table, ())
            if each.number == "distinct"
            and each.measure != "linkage"
            and set(each.key) == {dimension}
            and each.key[dimension]
        ]
        ranked = sorted(held, key=lambda each: (-(each.value if each.value is not None else -1), each.key[dimension]))
        bounded = any(each.low is not None for each in held)
        rows: list[list[Cell]] = []
        for each in ranked[:RANKED]:
            row: list[Cell] = [labels.said(dimension, each.key[dimension]), _cell(each)]
            rows.append([*row, each.low, each.high] if bounded else row)
        columns = [Column(dimension, _("Name"), "category"), Column("value", title)]
        if bounded:
            columns += [Column("value", title, "low"), Column("value", title, "high")]
        name = f"{table}-{dimension}"
        return Chart(
            name, "ranking", title, unit, columns, rows, self.source, self.method, csv_url=self.csv(table),
            method_url=METHOD_URL,
        )  # fmt: skip


def _cell(each: Observation | None) -> Cell:
    if each is None:
        return None
    if each.value is None:
        return SUPPRESSED
    return round(each.value) if each.measure == "loss" else round(each.value, 2)


def _turn(turn: Turn) -> str:
    said = {"ratio": f"{turn.ratio:.2f}", "low": f"{turn.low:.2f}", "high": f"{turn.high:.2f}"}
    return _("the level changed to %(ratio)s times what it was (%(low)s to %(high)s)") % said
