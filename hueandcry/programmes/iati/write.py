"""The model as a file of IATI 2.03. Pure; the same model gives the same bytes.

    raw = write(Activities(version="2.03", activities=(...)), now=datetime.now(UTC))

``write`` gives nothing that ``check`` finds wrong: it raises Unwritable instead, with what is wrong. ``as_text`` writes
whatever there is, for what was read from a file that is not valid itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hueandcry.capacity.register.iati_xml import Node
from hueandcry.programmes.iati.check import check
from hueandcry.programmes.iati.model import Money
from hueandcry.programmes.iati.model_organisation import FILES, File
from hueandcry.programmes.iati.shape import Shape, shapes
from hueandcry.programmes.iati.xml import Unwritable, text
from hueandcry.programmes.ledger.money import decimal

NAMED = 5  # errors in the message


def write(file: File, *, now: datetime) -> bytes:
    """A valid file. Raises Unwritable with what would be wrong with it."""
    raw = as_text(file)
    wrong = check(raw, now=now).errors
    if wrong:
        more = f"; and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise Unwritable("; ".join(f"{each.place}: {each.message}" for each in wrong[:NAMED]) + more)
    return raw


def as_text(file: File) -> bytes:
    """A file, valid or not. Raises Unwritable for what XML cannot hold."""
    tag = next(tag for tag, of in FILES.items() if isinstance(file, of))
    return text(_element(tag, file, ""))


def _element(tag: str, held: Any, currency: str) -> Node:
    node = Node(tag, 0)
    currency = getattr(held, "currency", "") or currency
    for name, shape in shapes(type(held)):
        value = getattr(held, name)
        if shape.kind == "attribute":
            node.attributes |= _attribute(shape.tag, value)
        else:
            node.children += _children(shape, value, currency)
    return node


def _children(shape: Shape, value: Any, currency: str) -> Iterator[Node]:
    if shape.kind == "texts":
        narratives = [Node("narrative", 0, _attribute("xml:lang", each.language), words=each.words) for each in value]
        yield from [Node(shape.tag, 0, children=narratives)] if narratives and shape.tag else narratives
    elif shape.kind == "many":
        yield from (_element(shape.tag, each, currency) for each in value)
    elif shape.kind == "codes":
        yield from (Node(shape.tag, 0, {"code": each}) for each in value)
    elif value not in (None, "") or shape.must:
        yield _child(shape, value, currency)


def _child(shape: Shape, value: Any, currency: str) -> Node:
    if shape.kind == "one":
        return _element(shape.tag, value, currency)
    if shape.kind == "money":
        return _money(shape.tag, value, currency)
    if shape.kind == "word":
        return Node(shape.tag, 0, words=value)
    return Node(shape.tag, 0, _attribute("iso-date" if shape.kind == "day" else "code", value))


def _money(tag: str, value: Money, currency: str) -> Node:
    attributes = _attribute("currency", value.currency) | _attribute("value-date", value.on)
    return Node(tag, 0, attributes, words=f"{decimal(value.minor, value.currency or currency):f}")


def _attribute(name: str, value: Any) -> dict[str, str]:
    return {} if value is None or value == "" else {name: _said(value)}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
