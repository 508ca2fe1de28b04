"""Activity files of the International Aid Transparency Initiative as programmes: IATI 2.x, and 1.x as far as it goes.

    for each in read(raw, day=date.today()): ...     Programme, Refusal (place, reason) or Loss (place, what)

An activity of 2.x without the form of IATI 2.03 (``iati_form``) is refused, and so is one without a title. Of the rules
of the standard's ruleset those are looked at that a fact of ours hangs on: shares of countries and sectors, the order
of days, days to come that are told as done; what breaks them is left out and said. A file of 1.x has no narratives and
other words for codes; it is read by the words it has, and no form is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from hueandcry.capacity.register.iati_form import day as day_of
from hueandcry.capacity.register.iati_form import problems
from hueandcry.capacity.register.iati_xml import Node, activities
from hueandcry.exchange.countries import alpha_2
from hueandcry.exchange.drafts import Loss, Refusal, Unreadable
from hueandcry.exchange.text import clean

# Code lists of IATI 2.03: ActivityStatus, OrganisationRole, TransactionType, ActivityDateType, and words of 1.x.
STATUSES = {
    "1": "pipeline",
    "2": "implementation",
    "3": "finalisation",
    "4": "closed",
    "5": "cancelled",
    "6": "suspended",
}
ROLES = {
    "1": "funding",
    "2": "accountable",
    "3": "extending",
    "4": "implementing",
    "funding": "funding",
    "donor": "funding",
    "accountable": "accountable",
    "extending": "extending",
    "implementing": "implementing",
    "beneficiary": "beneficiary",
}
MONEY = {
    "2": "commitment",
    "3": "disbursement",
    "4": "expenditure",
    "c": "commitment",
    "commitment": "commitment",
    "d": "disbursement",
    "disbursement": "disbursement",
    "disbursment": "disbursement",
    "e": "expenditure",
    "expenditure": "expenditure",
    "11": "incoming commitment",
    "1": "incoming funds",
}
DATES = {
    "1": "planned start",
    "2": "actual start",
    "3": "planned end",
    "4": "actual end",
    "start-planned": "planned start",
    "start-actual": "actual start",
    "end-planned": "planned end",
    "end-actual": "actual end",
}
MOST_ACTIVITIES = 100_000
MOST_OF_ONE = 2_000  # sums, documents, organisations of one activity that are kept
REASONS = 5  # named in a refusal


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation that takes part. ``role``: reporting, or one of ROLES."""

    role: str
    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class Share:
    """A country (alpha-2), region (code of its vocabulary) or sector, with its percentage where it is told."""

    code: str
    percentage: Decimal | None = None
    vocabulary: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Money: ``kind`` budget, commitment, disbursement, expenditure, planned disbursement; ISO 4217; its day."""

    kind: str
    amount: Decimal
    currency: str
    on: date | None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """One activity. ``titles`` and ``descriptions`` by language ("" where none is told)."""

    place: str
    identifier: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    bodies: tuple[Body, ...]
    countries: tuple[Share, ...]
    regions: tuple[Share, ...]
    status: str
    dates: dict[str, date]
    sums: tuple[Sum, ...]
    sectors: tuple[Share, ...]
    related: tuple[tuple[str, str], ...]  # (type, identifier)
    documents: tuple[tuple[str, str], ...]  # (title, address)
    website: str = ""


Read = Programme | Refusal | Loss


def read(raw: bytes, *, day: date) -> Iterator[Read]:
    """The activities of a file, in its order. ``day``: what is later cannot have happened yet. Raises Unreadable."""
    for number, (root, activity) in enumerate(activities(raw), start=1):
        if number > MOST_ACTIVITIES:
            raise Unreadable(f"line {activity.line}", f"more than {MOST_ACTIVITIES:,} activities in one file")
        yield from _one(root, activity, day)


def _one(root: Node, activity: Node, day: date) -> Iterator[Read]:
    place = f"line {activity.line}"
    old = root.get("version").startswith("1")
    # the order of elements is not asked for: a programme is not lost because its title stands before its identifier
    wrong = [] if old else [each for each in problems(activity) if each.rule != "order"]
    if wrong:
        said = "; ".join(f"line {each.line}: {each.reason}" for each in wrong[:REASONS])
        more = f"; and {len(wrong) - REASONS} more" if len(wrong) > REASONS else ""
        yield Refusal(place, clean(f"it has not the form of IATI 2.03: {said}{more}", 2_000))
        return
    reading = _Reading(activity, day, old)
    made = reading.programme()
    if not any(made.titles.values()):
        yield Refusal(place, "it has no title, by which somebody would know it")
        return
    yield made
    yield from (Loss(place, each) for each in reading.losses)


class _Reading:
    """One activity while it is read, and what could not be taken of it."""

    def __init__(self, activity: Node, day: date, old: bool) -> None:
        self.activity, self.day, self.old = activity, day, old
        self.language = activity.get("xml:lang").lower()[:10]
        self.currency = activity.get("default-currency").upper()
        self.losses: list[str] = []

    def programme(self) -> Programme:
        activity = self.activity
        return Programme(
            place=f"line {activity.line}",
            identifier=self._identifier(),
            titles=self._texts("title"),
            descriptions=self._texts("description"),
            bodies=self._bodies(),
            countries=self._countries(),
            regions=self._shares("recipient-region"),
            status=self._status(),
            dates=self._dates(),
            sums=self._sums(),
            sectors=self._shares("sector"),
            related=self._related(),
            documents=self._documents(),
            website=_text(activity.first("activity-website")),
        )

    def lose(self, what: str) -> None:
        if len(self.losses) < 20:
            self.losses.append(clean(what, 500))

    def _identifier(self) -> str:
        found = _text(self.activity.first("iati-identifier"))
        if not found and self.old:
            other = self.activity.first("other-identifier")
            found = (other.get("ref") or _text(other)) if other else ""
        if not found:
            self.lose("it has no identifier; it is known again by its name and provider alone")
        reporter = self.activity.first("reporting-org")
        if found and reporter is not None and found == reporter.get("ref"):
            self.lose("its identifier is the reporting organisation's own (ruleset 1.1.3); it is not used")
            return ""
        return found[:300]

    def _texts(self, tag: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in self.activity.each(tag):
            for language, words in self._narratives(node):
                found[language] = f"{found[language]}\n\n{words}" if language in found else words
        return found

    def _narratives(self, node: Node) -> Iterator[tuple[str, str]]:
        """(language, words) of each narrative; in a file of 1.x the words stand in the element itself."""
        for each in node.each("narrative"):
            if each.words.strip():
                yield each.get("xml:lang").lower()[:10] or self.language, _text(each)
        if self.old and node.words.strip():
            yield node.get("xml:lang").lower()[:10] or self.language, _text(node)

    def _name(self, node: Node) -> str:
        return next((words for _language, words in self._narratives(node)), "")[:300]

    def _bodies(self) -> tuple[Body, ...]:
        found = [Body("reporting", one.get("ref"), self._name(one)) for one in self.activity.each("reporting-org")]
        for one in self.activity.each("participating-org"):
            role = ROLES.get(one.get("role").lower(), "")
            name, reference = self._name(one), one.get("ref")
            if name or reference:
                found.append(Body(role, reference, name))
        return tuple(dict.fromkeys(found))[:MOST_OF_ONE]

    def _countries(self) -> tuple[Share, ...]:
        nodes = list(self.activity.each("recipient-country"))
        if not nodes:  # told with each transaction instead
            nodes = [one for each in self.activity.each("transaction") for one in each.each("recipient-country")]
        found: dict[str, Share] = {}
        for node in nodes:
            told = node.get("code") or self._name(node)
            code = alpha_2(told) or alpha_2(self._name(node))
            if not code:
                self.lose(f'line {node.line}: "{told}" is no country by ISO 3166-1')
            elif code not in found:
                found[code] = Share(code, self._percentage(node))
        shares = tuple(found.values())
        return self._summing(shares, "countries")

    def _summing(self, shares: tuple[Share, ...], what: str) -> tuple[Share, ...]:
        told = [share.percentage for share in shares if share.percentage is not None]
        if told and (sum(told) > Decimal("100.01") or len(told) not in (0, len(shares))):
            self.lose(f"the percentages of its {what} do not add up to 100 (ruleset 3.1.2, 2.1.2); they are not used")
            return tuple(Share(each.code, None, each.vocabulary, each.name) for each in shares)
        return shares

    def _percentage(self, node: Node) -> Decimal | None:
        told = node.get("percentage")
        if not told:
            return None
        value = _number(told)
        if value is None or not 0 <= value <= 100:
            self.lose(f'line {node.line}: a percentage of "{told[:40]}" (ruleset 12.1.1) is not used')
            return None
        return value

    def _shares(self, tag: str) -> tuple[Share, ...]:
        found: dict[tuple[str, str], Share] = {}
        for node in self.activity.each(tag):
            code, vocabulary = node.get("code") or node.get("ref"), node.get("vocabulary") or "1"
            name = self._name(node)
            if (code or name) and (vocabulary, code or name) not in found:
                found[vocabulary, code or name] = Share(code, self._percentage(node), vocabulary, name)
        return tuple(found.values())[:MOST_OF_ONE]

    def _status(self) -> str:
        node = self.activity.first("activity-status")
        told = node.get("code") if node else ""
        if told and told not in STATUSES:
            self.lose(f'"{told[:40]}" is no status of an activity')
        return STATUSES.get(told, "")

    def _dates(self) -> dict[str, date]:
        found: dict[str, date] = {}
        for node in self.activity.each("activity-date"):
            kind, on = DATES.get(node.get("type").lower()), day_of(node.get("iso-date"))
            if kind is None or on is None:
                self.lose(f'line {node.line}: a day of type "{node.get("type")[:40]}" cannot be placed')
            elif kind.startswith("actual") and on > self.day:
                self.lose(f"line {node.line}: the {kind} is told as done and lies ahead (ruleset 11.1.4)")
            else:
                found.setdefault(kind, on)
        for sort in ("planned", "actual"):
            if f"{sort} end" in found and found.get(f"{sort} start", date.min) > found[f"{sort} end"]:
                self.lose(f"its {sort} end is before its {sort} start (ruleset 11.1.2); the end is not used")
                del found[f"{sort} end"]
        return found

    def _sums(self) -> tuple[Sum, ...]:
        found = [self._sum("budget", node) for node in self.activity.each("budget")]
        found += [self._sum("planned disbursement", node) for node in self.activity.each("planned-disbursement")]
        for node in self.activity.each("transaction"):
            kind = node.first("transaction-type")
            told = (kind.get("code") if kind else "") or node.get("type")
            if told.lower() in MONEY:
                found.append(self._sum(MONEY[told.lower()], node))
        kept = [each for each in found if each is not None]
        if len(kept) > MOST_OF_ONE:
            self.lose(f"{len(kept) - MOST_OF_ONE:,} of its sums are not kept")
        return tuple(kept[:MOST_OF_ONE])

    def _sum(self, kind: str, node: Node) -> Sum | None:
        value = node.first("value")
        if value is None:
            return None
        amount, currency = _number(value.words.strip()), value.get("currency").upper() or self.currency
        done, start, end = (_iso(node.first(tag)) for tag in ("transaction-date", "period-start", "period-end"))
        on = day_of(value.get("value-date")) or done or start
        if amount is None or len(currency) != 3:
            self.lose(f"line {value.line}: a {kind} without a number or a currency")
            return None
        if kind in ("disbursement", "expenditure", "commitment") and on is not None and on > self.day:
            self.lose(f"line {value.line}: a {kind} on a day that lies ahead (ruleset 11.2.2)")
            return None
        if start and end and start > end:
            self.lose(f"line {node.line}: a period that ends before it starts (ruleset 8.6.3)")
            return None
        return Sum(kind, amount, currency, on, end)

    def _related(self) -> tuple[tuple[str, str], ...]:
        told = ((node.get("type"), node.get("ref")) for node in self.activity.each("related-activity"))
        return tuple((kind, reference) for kind, reference in told if reference)[:MOST_OF_ONE]

    def _documents(self) -> tuple[tuple[str, str], ...]:
        found = []
        for node in self.activity.each("document-link"):
            title = node.first("title")
            url = node.get("url")
            if url.startswith(("http://", "https://")):
                found.append(((self._name(title) if title else "") or url, url[:2_000]))
        return tuple(found)[:MOST_OF_ONE]


def _text(node: Node | None) -> str:
    return clean(" ".join(node.words.split()), 20_000) if node else ""


def _iso(node: Node | None) -> date | None:
    return day_of(node.get("iso-date")) if node else None


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 18 else None
