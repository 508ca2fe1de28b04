"""The dossier: what a reader may take out of an operation, as a PDF with its handling on every page.

Everything in it passed the door of exports (exchange/recall/gates): a report whose handling keeps it on the page, or
asks the originator first, is neither in it nor counted into any figure of it, and the dossier says how many there are.
Nothing is fetched while it is made, neither from the network nor from the disk. PDF/UA-1, so that a screen reader reads
it. weasyprint draws it, which needs Pango at run time: ``missing`` says so where it is not there.
"""

from __future__ import annotations

from ctypes.util import find_library
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hueandcry.exchange.export import note
from hueandcry.exchange.handling import CODES
from hueandcry.linkage.analysis import drawing, likelihood, pictures, queries, stamp, words
from hueandcry.linkage.operations import queries as operations
from hueandcry.linkage.operations import ties
from hueandcry.linkage.operations.shown import Line
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer, viewer

REPORTS, VALUES, NODES, NOTES, HYPOTHESES = 200, 200, 150, 50, 30  # of each, the rest is counted
STYLE = Path(__file__).parent / "dossier.css"
PIECES = 20  # of evidence, for one hypothesis


@dataclass(frozen=True, slots=True)
class Taken:
    """Who takes it, and when: both stand on every page."""

    person: str
    organisation: str
    at: datetime

    @property
    def line(self) -> str:
        """In one line."""
        when = f"{words.day_words(self.at)}, {self.at:%H:%M} UTC"
        return _("Taken by %(who)s, %(when)s") % {
            "who": ", ".join(part for part in (self.person, self.organisation) if part), "when": when,
        }  # fmt: skip


@cache
def missing() -> str:
    """Why no PDF can be made here, in words for whoever runs the installation; "" where it can."""
    if find_spec("weasyprint") is None:
        return _("This installation cannot make PDFs: the package weasyprint is not installed.")
    if find_library("pango-1.0") is None or find_library("pangoft2-1.0") is None:
        return _(
            "This installation cannot make PDFs: the library Pango is missing. Whoever runs it installs it"
            " (Debian: libpango-1.0-0 and libpangoft2-1.0-0); nothing else has to change."
        )
    return ""


def gather(by: Viewer, line: Line, *, written: bool) -> dict[str, Any]:
    """All that the dossier says, read as ``by`` at the door of exports, in one transaction; the act is recorded and
    the deliveries are noted. ``written``: with what analysts wrote that the reader may read."""
    taken = Taken("", by.name, datetime.now(UTC))
    with viewer(by):
        mark, held = stamp.standing(by, line.id)
        note(by, "pdf", queries.report_ids(by, line.id), door="export")
        taken = Taken(members.person_names(by, [by.person or 0]).get(by.person or 0, ""), by.name, taken.at)
        holders = operations.holders(by, line.id)
        found = operations.timeline(by, line.id, most=VALUES)
        reports = queries.reports(by, line.id, most=REPORTS, door="export")
        graph = pictures.graph(ties.graph(by, line.id, most=NODES, holders=holders), holders)
        told = _written(by, line) if written else {}
        techniques = operations.techniques(by, line.id)
        others = operations.others(by, line.id)
    if told.get("hypotheses") or told.get("notes") or told.get("called"):
        mark = stamp.within(mark, stamp.WRITTEN)
    return {
        "line": line, "title": words.title(line), "summary": words.summary(line), "more": words.more(others),
        "state": words.life(line.last)[0], "stamp": mark, "taken": taken, "held": held, "holders": holders,
        "values": [{"value": v, "kind": words.type_words(v.type)} for v in found.values],
        "values_cut": len(found.values) >= VALUES,
        "reports": [{"report": r, "what": words.class_words(r.main_class), "codes": _codes(r)} for r in reports],
        "reports_rest": max(0, line.reports - len(reports)), "graph": graph, "techniques": techniques,
        "weeks": pictures.weeks(found),
        "graph_svg": _drawn(drawing.svg(graph)),
        "weeks_svg": _drawn(drawing.weeks([(w.isoformat(), n) for w, n in found.weeks[-pictures.WEEKS:]])),
        "countries": [(words.lands([pair]), pair[1]) for pair in line.countries],
        "classes": [(words.class_words(code) or code, n) for code, n in line.classes],
        "language": get_language() or "en", **told,
    }  # fmt: skip


def _written(by: Viewer, line: Line) -> dict[str, Any]:
    board = queries.board(by, line.id)
    cards = [
        {
            "one": one, "term": likelihood.BY_KEY[one.hypothesis.likelihood],
            "pieces": [
                {"piece": p, "thing": board.things[p.thing]} for p in one.pieces if p.thing in board.things
            ][:PIECES],
        }
        for one in board.hypotheses[:HYPOTHESES]
    ]  # fmt: skip
    notes = queries.notes(by, line.id)
    return {
        "hypotheses": cards, "notes": notes[:NOTES], "notes_rest": max(0, len(notes) - NOTES),
        "called": queries.counts(by, line.id).names,
    }  # fmt: skip


def _codes(report: Any) -> str:
    return " ".join(code for code in report.codes if code in CODES)


def _drawn(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308  drawing.py escapes each text


def pdf(content: dict[str, Any]) -> bytes:
    """The PDF of what was gathered. Raises RuntimeError where it cannot be made here: ask ``missing`` first."""
    if why := missing():
        raise RuntimeError(why)
    import weasyprint  # here: its libraries may be missing, and few processes need them

    page = weasyprint.HTML(string=render_to_string("linkage/analysis/dossier.html", content), url_fetcher=_nothing)
    style = weasyprint.CSS(string=STYLE.read_text("utf-8"), url_fetcher=_nothing)
    return bytes(page.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1"))


def _nothing(url: str, *_args: object, **_more: object) -> Any:
    """Nothing is fetched: what somebody wrote into a title must not make us ask an address, or read a file."""
    raise ValueError("a dossier fetches nothing")
