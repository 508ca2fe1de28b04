"""One row of a table into one report, by a mapping; and, gathered by column and value, what could not be carried."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hueandcry.exchange import dates, money, observation, victims
from hueandcry.exchange.classification import classify
from hueandcry.exchange.countries import alpha_2
from hueandcry.exchange.drafts import MAX_TEXT, Loss, Observation, ReportDraft
from hueandcry.exchange.mapping import PYTHON, Column, Mapping
from hueandcry.exchange.misp_tags import PAP, TLP
from hueandcry.exchange.sectors import SECTIONS, section_of_words
from hueandcry.exchange.text import MAX_TITLE, clean, title_of
from hueandcry.web.numbers import grouped

MAX_TOLD = 200  # different values told of per column; the rest are counted
MAX_ITEMS = 1_000  # values in one cell
SIZES = ("person", "micro", "small", "medium", "large")


class RowReader:
    """Reads rows by one mapping. ``sample`` rows decide which of day and month stands first in each column of dates."""

    def __init__(self, mapping: Mapping, header: Sequence[str], sample: Sequence[Sequence[str]]) -> None:
        self.mapping = mapping
        self.width = len(header)
        at = {name: index for index, name in enumerate(header)}
        self.columns = [(at[c.name], c) for c in mapping.columns if c.target != "ignore" and c.name in at]
        self._missing = {value.casefold() for value in mapping.missing} | {""}
        self._values = {c.name: {k.casefold(): v for k, v in c.values.items()} for c in mapping.columns}
        self._order = {
            column.name: mapping.dates or dates.order_of(row[index] for row in sample if index < len(row))
            for index, column in self.columns
        }
        self._told: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._untold: dict[str, int] = {}

    def misfit(self, cells: Sequence[str]) -> str:
        """Say what keeps a row from having the header's columns; cells too many are no matter where they are empty."""
        if len(cells) < self.width or any(cell.strip() for cell in cells[self.width :]):
            return f"has {len(cells)} cells where the header has {self.width}"
        return ""

    def key(self, cells: Sequence[str]) -> str:
        """Give the row's own id, under the mapping's name; "" where it has none."""
        for index, column in self.columns:
            if column.target == "key" and cells[index].strip():
                return clean(f"row:{self.mapping.name}:{cells[index].strip()}", 300)
        return ""

    def report(
        self, key: str, cells: Sequence[str], line: int, otherwise: str
    ) -> tuple[ReportDraft, tuple[Observation, ...]]:
        """Draw the report and the observations out of a row; ``otherwise`` is its title where no column gives one."""
        draft = ReportDraft(key=key, title="", kind=self.mapping.kind)
        found: list[Observation] = []
        labels: list[str] = list(self.mapping.labels)
        for index, column in self.columns:
            items = self._items(cells[index], column, line)
            if not items or column.target == "key":
                continue
            if column.target == "observable":
                for item in items:
                    seen = observation.of([(column.type, item)], column.role, region=self.mapping.region)
                    found += seen
                    if seen and not seen[0].valid:
                        self._tell(column, seen[0].value, observation.why_text(seen[0]), line)
            elif column.target == "label":
                labels += [_label(column, item) for item in items]
            else:
                self._fill(draft, column, items, line)
        self._settle(draft, labels, line, otherwise)
        return draft, tuple(dict.fromkeys(found))

    def losses(self) -> Iterator[Loss]:
        """Tell what columns could not carry: each value with the number of rows and the first line."""
        for (name, value, why), (times, line) in self._told.items():
            rows = "1 row" if times == 1 else f"{times:,} rows"
            yield Loss(f"column {name}", f'"{value}" {why}: {rows}, first on line {line}')
        for name, times in self._untold.items():
            yield Loss(f"column {name}", f"further values that could not be carried, {times:,} times")

    def _items(self, cell: str, column: Column, line: int) -> list[str]:
        """Take a cell apart into its values, mapped; those that say nothing are left out."""
        parts = self._parts(cell, column, line)
        if len(parts) > MAX_ITEMS:
            self._tell(column, f"{len(parts)} values", f"are more than the {MAX_ITEMS:,} that one cell may hold", line)
        table = self._values[column.name]
        items = []
        for part in parts[:MAX_ITEMS]:
            value = table.get(part.strip().casefold(), part.strip())
            if value.casefold() in self._missing:
                if part.strip() and column.target.startswith("victim_"):
                    self._tell(column, part.strip(), f"says nothing of {column.target.replace('_', ' ')}", line)
                continue
            items.append(value)
        return list(dict.fromkeys(items))

    def _parts(self, cell: str, column: Column, line: int) -> list[str]:
        if column.list != PYTHON:
            return cell.split(column.list) if column.list else [cell]
        text = cell.strip()
        if not text:
            return []
        try:
            return list(_flat(ast.literal_eval(text)))
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            self._tell(column, text, "is no list as Python writes it", line)
            return []

    def _fill(self, draft: ReportDraft, column: Column, items: list[str], line: int) -> None:
        """Put a column's values where they belong."""
        target = column.target
        if target in ("occurred_from", "occurred_to", "reported_at", "version"):
            self._date(draft, column, items[0], line)
        elif target == "victim_country":
            self._countries(draft, column, items, line)
        elif target == "victim_sector":
            self._sector(draft, column, items, line)
        elif target in ("loss_amount", "loss_currency"):
            self._loss(draft, column, items[0], line)
        elif target == "account":
            draft.account = clean("\n\n".join(filter(None, [draft.account, *items])), MAX_TEXT)
        elif target == "technique":
            draft.techniques += tuple(clean(item, 20) for item in items)
        elif target == "victim_area":
            draft.victim_area = items[0]  # cut in _settle, when the country is known
        elif target == "victim_reference":
            self._reference(draft, column, items[0], line)
        elif target == "title":
            draft.title = clean(" ".join(items[0].split()), MAX_TITLE)
        else:
            self._word(draft, column, items[0], line)

    def _date(self, draft: ReportDraft, column: Column, item: str, line: int) -> None:
        try:
            first, last = dates.read(item, self._order[column.name])
        except ValueError as error:
            why = "may name either of two days" if isinstance(error, dates.Ambiguous) else "is no date"
            self._tell(column, item, why, line)
            return
        if column.target == "occurred_from":
            draft.occurred_from = first
            draft.occurred_to = draft.occurred_to or last
        elif column.target == "occurred_to":
            draft.occurred_to = last
        else:
            setattr(draft, column.target, first)

    def _countries(self, draft: ReportDraft, column: Column, items: list[str], line: int) -> None:
        codes = []
        for item in items:
            code = alpha_2(item)
            if code:
                codes.append(code)
            else:
                self._tell(column, item, "is no country", line)
        draft.victim_countries = tuple(dict.fromkeys((*draft.victim_countries, *codes)))

    def _sector(self, draft: ReportDraft, column: Column, items: list[str], line: int) -> None:
        """Take the first section named; a report has one, so further ones are told."""
        for item in items:
            section = item if item in SECTIONS else section_of_words(item)
            if not section:
                self._tell(column, item, "names no NACE section that we know", line)
            elif not draft.victim_sector:
                draft.victim_sector = section
            elif section != draft.victim_sector:
                self._tell(column, item, "is a second sector; the report has the first", line)

    def _reference(self, draft: ReportDraft, column: Column, item: str, line: int) -> None:
        """A reference of the victim's; what cannot be one is told without itself, for it may be somebody's."""
        draft.victim_reference = victims.reference(item)
        if not draft.victim_reference:
            self._tell(column, "...", "cannot be a shared reference", line)

    def _area(self, draft: ReportDraft, line: int) -> None:
        given, country = draft.victim_area, draft.victim_countries[0] if draft.victim_countries else self.mapping.region
        draft.victim_area = victims.area(given, country)
        if given and not draft.victim_area:
            column = next(column for _, column in self.columns if column.target == "victim_area")
            self._tell(column, "...", "is no postal code", line)

    def _loss(self, draft: ReportDraft, column: Column, item: str, line: int) -> None:
        if column.target == "loss_currency":
            draft.loss_currency = money.currency_of(item)
            if not draft.loss_currency:
                self._tell(column, item, "names no single currency", line)
            return
        try:
            found = money.read(item, self.mapping.decimal)
        except ValueError:
            self._tell(column, item, "is no amount of money", line)
            return
        if not found.sure:
            self._tell(column, item, "may have its cents after the sign or thousands", line)
            return
        draft.loss_amount = found.amount
        draft.loss_currency = found.currency or draft.loss_currency

    def _word(self, draft: ReportDraft, column: Column, item: str, line: int) -> None:
        """Take one word out of a fixed list."""
        word = item.strip().lower()
        if column.target == "victim_size" and word in SIZES:
            draft.victim_size = word
        elif column.target == "language" and len(word) == 2 and word.isalpha():
            draft.language = word
        elif column.target == "tlp" and "tlp:" + word.removeprefix("tlp:") in TLP:
            draft.marking.tlp = TLP["tlp:" + word.removeprefix("tlp:")]
        elif column.target == "pap" and "pap:" + word.removeprefix("pap:") in PAP:
            draft.marking.pap = PAP["pap:" + word.removeprefix("pap:")]
        else:
            self._tell(column, item, f"is nothing known as {column.target.replace('_', ' ')}", line)

    def _settle(self, draft: ReportDraft, labels: list[str], line: int, otherwise: str) -> None:
        """Make the parts agree with each other: dates in order, an amount with its currency, a title."""
        if draft.occurred_from and draft.occurred_to and draft.occurred_to < draft.occurred_from:
            end = next((column for _, column in self.columns if column.target == "occurred_to"), None)
            if end is not None:
                self._tell(end, _day(draft.occurred_to), "is an end before the beginning; the end was left out", line)
            draft.occurred_to = None
        if draft.victim_area:
            self._area(draft, line)
        if draft.loss_amount is not None and not draft.loss_currency:
            draft.loss_currency = self.mapping.currency
        if draft.loss_amount is None or draft.loss_amount <= 0 or not draft.loss_currency:
            self._without_loss(draft, line)
        draft.labels = tuple(dict.fromkeys(labels))
        draft.classes = classify(draft.labels, draft.techniques).classes
        draft.title = draft.title or title_of(draft.account) or _described(draft) or clean(otherwise, MAX_TITLE)

    def _without_loss(self, draft: ReportDraft, line: int) -> None:
        amount = draft.loss_amount
        if amount:
            column = next(column for _, column in self.columns if column.target == "loss_amount")
            why = "has no currency" if amount > 0 else "is a negative loss"
            self._tell(column, str(amount), why, line)
        # no amount at all says "unknown", nought says "none": only the second may stand, and only with a currency
        draft.loss_amount = Decimal(0) if amount == 0 and amount is not None and draft.loss_currency else None
        draft.loss_currency = draft.loss_currency if draft.loss_amount is not None else ""

    def _tell(self, column: Column, value: str, why: str, line: int) -> None:
        key = (column.name, clean(value, 80), why)
        if key in self._told:
            times, first = self._told[key]
            self._told[key] = (times + 1, first)
        elif sum(1 for name, _, _ in self._told if name == column.name) < MAX_TOLD:
            self._told[key] = (1, line)
        else:
            self._untold[column.name] = self._untold.get(column.name, 0) + 1


def _label(column: Column, item: str) -> str:
    value = clean(" ".join(item.split()), 300)
    return f'{column.label}="{value}"' if column.label else value


def _flat(value: Any) -> Iterator[str]:
    """Give the texts of a list of lists, however deep: literal_eval has bounded the depth already."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (list, tuple, set)):
            waiting += reversed(list(item))
        elif item is not None:
            yield str(item)


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _described(draft: ReportDraft) -> str:
    """A title for a row that has none: what its sender calls it, the loss, and the day."""
    if not draft.labels:
        return ""
    parts = [draft.labels[0]]
    if draft.loss_amount:
        parts.append(f"{draft.loss_currency} {grouped(draft.loss_amount, 0)}".strip())
    if draft.occurred_from:
        parts.append(draft.occurred_from.date().isoformat())
    return clean(", ".join(parts), MAX_TITLE)
