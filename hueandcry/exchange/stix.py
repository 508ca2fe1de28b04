"""STIX 2.1 and 2.0: bundles, lists of objects and bare objects read into drafts.

Two passes over slices of the file: the first finds the reports and what they hold (``stix_survey``), the second
decodes, checks and yields one object at a time, so that memory is the file and a little per object. The contract is
that of ``drafts``: every element of ``objects`` comes out exactly once, as an ``ObjectDraft`` or as a ``Refusal``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from hueandcry.exchange import observation, patterns, stix_element, stix_reports, stix_shapes, stix_split, stix_values
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Observation, Options, Refusal, Role
from hueandcry.exchange.json_text import Refused
from hueandcry.exchange.stix_survey import Survey, survey, texts

# indicator_types (2.1, section 10.6) and labels (2.0) that make what an indicator asserts the attacker's
_HOSTILE: Final = frozenset(("malicious-activity", "attribution"))


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read a STIX file; raises ``Unreadable`` where not one element can be told apart."""
    parts = stix_split.split(raw)
    return _Reading(parts, raw, options).drafts()


class _Reading:
    """The second pass over one file."""

    def __init__(self, parts: stix_split.Parts, raw: bytes, options: Options) -> None:
        self.parts = parts
        self.raw = raw
        self.options = options
        self.survey: Survey = survey(parts)
        self.loose_key = ""  # "" until the loose objects' report has been yielded
        self.seen: dict[int, int] = {}  # hash of id and version -> element that had it first
        self.exact = frozenset(key for key, one in self.survey.reports.items() if stix_reports.own(one) is not None)

    def drafts(self) -> Iterator[Draft]:
        for key in self.survey.reports:
            yield stix_reports.of_object(self.survey, key)
        for number, raw in enumerate(self.parts.elements):
            yield from self.element(number, raw if isinstance(raw, bytes) else bytes(memoryview(raw)))

    def element(self, number: int, raw: bytes) -> Iterator[Draft]:
        """Yield one element as an object or a refusal, with what it brings along."""
        place = self.parts.place(number)
        try:
            text = stix_element.text_of(raw)
            content, written = stix_element.decoded(raw)
            found = stix_shapes.check(content)
        except Refused as refused:
            yield Refusal(place, str(refused))
            return
        except stix_shapes.MisshapenError as error:
            yield Refusal(f"{place}.{error.path}", error.reason)
            return
        other = self.clash(number, found, content)
        if other is not None:
            yield Refusal(place, f"same id and modified as {self.parts.place(other)} but different content")
            return
        reports = self.survey.reports_of(content) or self.home()
        if not reports:
            yield self.loose()
            reports = (self.loose_key,)
        observations: tuple[Observation, ...] = ()
        if not (self.exact and self.exact.issuperset(reports)):
            observations, losses = self.observations(content, found)
            for path, what in losses:
                yield Loss(f"{place}.{path}", what)
        revoked = content.get("revoked") is True
        yield ObjectDraft(found.id, found.type, text, place, reports, found.version, revoked, observations, written)

    def home(self) -> tuple[str, ...]:
        """Give where an object goes that no report holds: with the other loose ones, or, where all of them only
        support the file's reports, with the first of these. () asks for the loose objects' report to be made."""
        if self.loose_key:
            return (self.loose_key,)
        if self.survey.reports and not self.survey.has_loose:
            return (next(iter(self.survey.reports)),)
        return ()

    def loose(self) -> Draft:
        draft = stix_reports.of_loose(self.survey, self.parts, self.raw, self.options)
        self.loose_key = draft.key
        return draft

    def clash(self, number: int, found: stix_shapes.Identified, content: Mapping[str, Any]) -> int | None:
        """Give the earlier element with the same id and version but other content; None where there is none.

        Observables and markings have no version. Two with one id are one thing told twice (section 2.9: the id comes
        of a few properties), each with its own markings and extensions, and both are kept.
        """
        if found.version is None:
            return None
        earlier = self.seen.setdefault(hash((found.id, found.version)), number)
        if earlier == number:
            return None
        other = stix_element.content(self.parts.elements[earlier])
        if other.get("id") != found.id or stix_shapes.check(other).version != found.version:
            return None  # only their hashes are equal
        return None if other == content else earlier

    def observations(
        self, content: Mapping[str, Any], found: stix_shapes.Identified
    ) -> tuple[tuple[Observation, ...], list[tuple[str, str]]]:
        """Give what an object tells of observables, and what of it could not be read."""
        if found.type == "indicator":
            return _of_indicator(content)
        if found.type in stix_values.TYPES:
            first, last = self.survey.times.get(found.id, (None, None))
            role = self.survey.roles.get(found.id, "unknown")
            return observation.of(stix_values.of_object(content), role, first, last), []
        if found.type == "observed-data":
            return _of_observed(content), []
        if found.type == "vulnerability":
            return observation.of(stix_values.of_references(content)), []
        return (), []


def _of_indicator(content: Mapping[str, Any]) -> tuple[tuple[Observation, ...], list[tuple[str, str]]]:
    language = content.get("pattern_type", "stix")  # 2.0 knows no other
    if language != "stix":
        return (), [("pattern", f"a pattern in the language {str(language)[:40]!r} is not read for observables")]
    try:
        pattern = patterns.read(content["pattern"])
    except patterns.PatternError as error:
        return (), [("pattern", f"not a STIX pattern: {error}")]
    hostile = not _HOSTILE.isdisjoint(texts(content.get("indicator_types")) + texts(content.get("labels")))
    first, last = _dates(content, "valid_from", "valid_until")
    role: Role = "attacker" if hostile else "unknown"
    return observation.of(stix_values.of_pattern(pattern), role, first, last), []


def _of_observed(content: Mapping[str, Any]) -> tuple[Observation, ...]:
    """Read the observables inside observed-data (2.0, deprecated in 2.1), whose references are keys of one dict."""
    inside = content.get("objects")
    if not isinstance(inside, dict):
        return ()
    receivers = {
        ref
        for one in inside.values()
        if isinstance(one, dict) and one.get("type") == "email-message"
        for name in ("to_refs", "cc_refs", "bcc_refs")
        for ref in texts(one.get(name))
    }
    first, last = _dates(content, "first_observed", "last_observed")
    found: dict[Observation, None] = {}
    for key, one in inside.items():
        if isinstance(one, dict):
            role: Role = "victim" if key in receivers else "unknown"
            found.update(dict.fromkeys(observation.of(stix_values.of_object(one), role, first, last)))
    return tuple(found)


def _dates(content: Mapping[str, Any], first: str, last: str) -> tuple[datetime | None, datetime | None]:
    return stix_shapes.date(content.get(first)), stix_shapes.date(content.get(last))
