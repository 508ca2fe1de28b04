"""A report's tags: handling first, then what happened, then what only our own tags can say.

Sources: the taxonomies tlp (version 10), PAP (3), admiralty-scale (5), common-taxonomy (3), rsit and europol-incident
of MISP/misp-taxonomies; the crosswalks, turned about where they are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from hueandcry.exchange import misp_tags
from hueandcry.exchange.crosswalks import Trust, lines
from hueandcry.exchange.drafts import Marking
from hueandcry.exchange.handling import PAP_ORDER, TLP_ORDER
from hueandcry.exchange.stix_out import OutReport

LONGEST = 255  # characters of a tag's name in MISP's database
# Our grade of a source as the letter of the Admiralty's scale that misp_tags reads back as the same grade
RELIABILITY = {"A": "a", "B": "b", "C": "d", "X": "f"}
# Taxonomies besides the Common Taxonomy, which is our own: the crosswalk, and how its tags begin
SOURCES = (("rsit", "rsit:"), ("europol", "europol-incident:"))


def of(report: OutReport, state: str) -> list[str]:
    """All tags of a report that we write as an event, each once, in one order."""
    tags = [*handling(report.marking), *classes(report.classes), *_labels(report.labels), *techniques(report)]
    tags += [misp_tags.ours("kind", report.kind), *facts(report), *_state(state)]
    return list(dict.fromkeys(tags))


def handling(marking: Marking) -> list[str]:
    """TLP, PAP, codes and grades as tags."""
    tags = [f"tlp:{marking.tlp.lower()}"] if marking.tlp else []
    tags += [f"PAP:{marking.pap}"] if marking.pap else []
    tags += [f'europol:handling-code="{code}"' for code in marking.codes]
    if marking.source_grade in RELIABILITY:
        tags.append(f'admiralty-scale:source-reliability="{RELIABILITY[marking.source_grade or ""]}"')
    if marking.information_grade:
        tags.append(misp_tags.ours("information-grade", marking.information_grade))
    return tags


def stricter(names: Sequence[str], marking: Marking) -> tuple[set[str], list[str]]:
    """(tags to take away, tags to add) so that ``names`` say at least what our handling says, and never less.

    A milder label than ours goes, since two labels of one scale contradict each other; a stricter one stays.
    """
    gone: set[str] = set()
    added: list[str] = []
    scales = (
        (misp_tags.TLP, TLP_ORDER, marking.tlp, f"tlp:{(marking.tlp or '').lower()}"),
        (misp_tags.PAP, PAP_ORDER, marking.pap, f"PAP:{marking.pap}"),
    )
    for table, order, ours, tag in scales:
        if not ours:
            continue
        held = {name: table[name.lower()] for name in names if name.lower() in table}
        milder = {name for name, level in held.items() if order.index(level) < order.index(ours)}
        gone |= milder
        if not held.keys() - milder:
            added.append(tag)
    told, _losses = misp_tags.marking(names)
    added += [f'europol:handling-code="{code}"' for code in marking.codes if code not in told.codes]
    if marking.source_grade and not told.source_grade:
        added += handling(Marking(source_grade=marking.source_grade))
    if marking.information_grade and not told.information_grade:
        added += handling(Marking(information_grade=marking.information_grade))
    return gone, added


def classes(given: Iterable[tuple[str, str]]) -> list[str]:
    """Classes as tags of the Common Taxonomy, and of RSIT and Europol's where those have the very same thing."""
    tags: list[str] = []
    for cls, kind in given:
        tags.append(f'common-taxonomy:{cls}="{kind}"' if kind else f"common-taxonomy:{cls}")
        tags += [table[cls, kind] for table in _turned_all() if (cls, kind) in table]
    return tags


def techniques(report: OutReport) -> list[str]:
    """Techniques of ATT&CK that no label names already."""
    named = set(misp_tags.techniques(report.labels))
    return [f'misp-galaxy:mitre-attack-pattern="{code}"' for code in report.techniques if code not in named]


def facts(report: OutReport) -> list[str]:
    """What MISP has no taxonomy for and our own reader gets back: who was harmed, and how much."""
    tags = [misp_tags.ours("victim-country", code) for code in report.victim_countries]
    if report.victim_sector:
        tags.append(misp_tags.ours("victim-sector", report.victim_sector))
    if report.victim_size:
        tags.append(misp_tags.ours("victim-size", report.victim_size))
    if report.victim_area:
        tags.append(misp_tags.ours("victim-area", report.victim_area))
    if report.loss_amount is not None:
        tags.append(misp_tags.ours("loss", f"{report.loss_amount} {report.loss_currency}".strip()))
    if report.language:
        tags.append(misp_tags.ours("language", report.language))
    return tags


def _labels(labels: Iterable[str]) -> list[str]:
    """The sender's own words; one that handles is left to handling, which is at least as strict."""
    return [
        label
        for label in labels
        if label.strip()
        and len(label) <= LONGEST
        and not misp_tags.is_handling(label)
        and not label.startswith(f"{misp_tags.OURS}:")
    ]


def _state(state: str) -> list[str]:
    return [] if state in ("", "current") else [misp_tags.ours("state", state)]


@cache
def _turned_all() -> list[dict[tuple[str, str], str]]:
    """Each crosswalk turned about: our class to its first exact label."""
    tables = []
    for source, start in SOURCES:
        table: dict[tuple[str, str], str] = {}
        for line in lines(source):
            exact = line.trust is Trust.EXACT and len(line.classes) == 1 and not line.label.endswith("*")
            if exact and line.label.startswith(start):
                table.setdefault(line.classes[0], line.label)
        tables.append(table)
    return tables
