"""A file of IATI as the model, with all that the model does not hold. Pure.

    reading = read(raw)         reading.file, reading.unheld (place, what), reading.changes (of a file of 1.x)

Nothing is checked here but what the model needs: a day that is none, or an amount that is no number, is told as not
held. What ``check`` finds wrong is read as it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from hueandcry.capacity.register.iati_form import day, fits
from hueandcry.capacity.register.iati_xml import Node, records
from hueandcry.programmes.iati.convert import Change, convert, is_old
from hueandcry.programmes.iati.model import Money, Text
from hueandcry.programmes.iati.model_organisation import FILES, File
from hueandcry.programmes.iati.place import At
from hueandcry.programmes.iati.rule import number
from hueandcry.programmes.iati.shape import Shape, shapes
from hueandcry.programmes.ledger.money import minor

MOST = Decimal(10) ** 15
_FRACTION = re.compile(r"\.\d{7}", re.ASCII)


class Unheld(NamedTuple):
    """What a file has and the model has not."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A file read."""

    file: File
    unheld: tuple[Unheld, ...]
    changes: tuple[Change, ...] = ()


def read(raw: bytes, *, seconds: float = 120.0) -> Reading:
    """A file of activities or organisations; one of 1.x is converted first. Raises Unreadable."""
    made: Node | None = None
    for root, child in records(raw, seconds=seconds):
        if is_old(root):
            converted = convert(raw, seconds=seconds)
            return of_tree(converted.root, converted.changes)
        made = made or Node(root.tag, root.line, root.attributes, strangers=root.strangers)
        if child is None:
            made.words = root.words
        else:
            made.children.append(child)
    return of_tree(made or Node("iati-activities", 1))


def of_tree(root: Node, changes: tuple[Change, ...] = ()) -> Reading:
    """The model of a tree that is already at hand."""
    reader = _Reader()
    file = reader.element(At(root, f"/{root.tag}"), FILES[root.tag], "")
    return Reading(file, tuple(reader.unheld), changes)


@dataclass(slots=True)
class _Reader:
    """What is not held so far."""

    unheld: list[Unheld] = field(default_factory=list)

    def lose(self, place: str, what: str) -> None:
        self.unheld.append(Unheld(place, what))

    def element(self, at: At, of: type[Any], currency: str) -> Any:
        """An element by the shapes of its class; what no shape takes is told."""
        told: dict[str, Any] = {}
        currency = at.node.attributes.get("default-currency", currency)
        children: dict[str, list[At]] = {}
        seen: Counter[str] = Counter()
        for child in at.node.children:
            seen[child.tag] += 1
            children.setdefault(child.tag, []).append(At(child, f"{at.path}/{child.tag[:60]}[{seen[child.tag]}]"))
        for name, shape in shapes(of):
            if shape.kind == "attribute":
                told[name] = self.scalar(at, shape.tag, shape.scalar)
            elif shape.kind == "texts" and not shape.tag:
                told[name] = tuple(self.text(each) for each in children.pop("narrative", []))
            else:
                told[name] = self.children(children.pop(shape.tag, []), shape, currency)
        for rest in children.values():
            for each in rest:
                self.lose(f"{each}", f'"{each.node.tag[:60]}" with all it holds')
        self.rest(at, {shape.tag for _name, shape in shapes(of) if shape.kind == "attribute"})
        return of(**told)

    def children(self, each: list[At], shape: Shape, currency: str) -> Any:
        """Children of one tag as their shape has them."""
        if shape.kind == "many" and shape.of:
            return tuple(self.element(at, shape.of, currency) for at in each)
        if shape.kind == "codes":
            return tuple(self.alone(at, "code", shape) for at in each)
        for more in each[1:]:
            self.lose(f"{more}", f'one more "{more.node.tag}"')
        if not each:
            return {"texts": (), "one": None, "money": None, "day": None}.get(shape.kind, "")
        return self.child(each[0], shape, currency)

    def child(self, at: At, shape: Shape, currency: str) -> Any:
        """One child as its shape has it."""
        if shape.kind == "one" and shape.of:
            return self.element(at, shape.of, currency)
        if shape.kind == "texts":
            self.rest(at, set(), {"narrative"})
            return tuple(self.text(each) for each in at.each("narrative"))
        if shape.kind == "money":
            return self.money(at, currency)
        if shape.kind == "word":
            self.rest(at, set(), words=True)
            return at.node.words
        return self.alone(at, "iso-date" if shape.kind == "day" else "code", shape)

    def alone(self, at: At, attribute: str, shape: Shape) -> Any:
        """A child of which one attribute is all there is."""
        self.rest(at, {attribute}, set())
        return self.scalar(at, attribute, shape.scalar)

    def text(self, at: At) -> Text:
        self.rest(at, {"xml:lang"}, set(), words=True)
        return Text(at.node.words, at.node.attributes.get("xml:lang", ""))

    def money(self, at: At, default: str) -> Money | None:
        self.rest(at, {"currency", "value-date"}, set(), words=True)
        currency = at.node.attributes.get("currency", "")
        amount = number(at.node.words)
        if amount is None or abs(amount) >= MOST:
            self.lose(f"{at}", f'"{at.node.words.strip()[:60]}" is no amount that can be held')
            return None
        exact = amount.scaleb(minor(currency or default))
        whole = int(exact.to_integral_value())
        if whole != exact:
            self.lose(f"{at}", f"digits of {amount} past the smallest unit of {currency or default}")
        return Money(whole, self.scalar(at, "value-date", "date"), currency)

    def rest(self, at: At, attributes: set[str], children: set[str] | None = None, *, words: bool = False) -> None:
        """What no shape takes. ``children``: tags that are taken; None where that is looked at elsewhere."""
        for name, value in at.node.attributes.items():
            if name not in attributes:
                self.lose(at.attribute(name[:60]), f'"{value[:100]}"')
        for stranger in at.node.strangers:
            self.lose(f"line {stranger.line}: {at.path}", f'"{stranger.name[:100]}" of another namespace')
        if at.node.words.strip() and not words:
            self.lose(f"{at}", f'its own words: "{at.node.words.strip()[:100]}"')
        for each in at.node.children if children is not None else ():
            if each.tag not in (children or ()):
                self.lose(f"line {each.line}: {at.path}", f'"{each.tag[:60]}" with all it holds')

    def scalar(self, at: At, name: str, kind: str) -> Any:
        """The value of an attribute; None (or "" of a text) where it is not there."""
        told = at.node.attributes.get(name, "")
        if kind == "text" or not told.strip():
            return told if kind == "text" else None
        value = _scalar(told.strip(), kind)
        if value is None:
            self.lose(at.attribute(name), f'"{told[:60]}" cannot be held')
        elif (kind == "date" and len(told.strip()) > 10) or (kind == "moment" and _FRACTION.search(told)):
            self.lose(at.attribute(name), f'"{told.strip()[:60]}" is held as {value}')
        return value


def _scalar(told: str, kind: str) -> date | datetime | bool | int | Decimal | None:
    if kind == "date":
        return day(told)
    if kind == "moment":
        return _moment(told)
    if kind == "flag":
        return {"1": True, "true": True, "0": False, "false": False}.get(told)
    if kind == "whole":
        return int(told) if fits(told, "xsd:nonNegativeInteger") or fits(told, "xsd:int") else None
    return number(told)


def _moment(told: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told) if fits(told, "xsd:dateTime") else None
    except ValueError:
        return None
