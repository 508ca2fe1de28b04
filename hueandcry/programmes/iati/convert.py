"""Files of IATI 1.x as files of 2.03: what can be carried is carried, and what cannot is told. Pure.

    made = convert(raw)         made.root, made.changes (place, kind, what, why)

The table of the form of 2.03 leads: words of an element become narratives where 2.03 has narratives, codes are said in
its words, children are put into its order. Nothing is made up: what 2.03 asks for and the source does not tell is still
missing afterwards, and ``check`` finds it. A blank attribute or element says nothing and is left without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from hueandcry.capacity.register.iati_form import Form, Forms, day
from hueandcry.capacity.register.iati_xml import ROOTS, Node, records
from hueandcry.exchange.countries import alpha_2
from hueandcry.exchange.drafts import Unreadable
from hueandcry.programmes.iati.old_words import ATTRIBUTES, CODES, REGIONS, TAGS
from hueandcry.programmes.iati.structure import forms

MOST_CHANGES = 100_000


class Change(NamedTuple):
    """``kind``: lost (2.03 has no place for it), or taken (said elsewhere in the source, or in other words)."""

    place: str
    kind: str
    what: str
    why: str


class Record(NamedTuple):
    """One activity or organisation in 2.03, with the lines of the source."""

    made: Node
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """A file in 2.03."""

    version: str  # of the source
    root: Node
    changes: tuple[Change, ...]


def is_old(root: Node) -> bool:
    """Whether a file tells a version of IATI 1."""
    return root.get("version") == "1" or root.get("version").startswith("1.")


def convert(raw: bytes, *, seconds: float = 120.0) -> Converted:
    """A file of 1.x in 2.03. Raises Unreadable, also for a file that is not of 1.x."""
    made: Node | None = None
    changes: list[Change] = []
    version = ""
    for root, child in records(raw, seconds=seconds):
        if not is_old(root):
            raise Unreadable(f"line {root.line}", f'it tells version "{root.get("version")[:20]}", not 1.x')
        version = root.get("version")
        if made is None:
            made = Node(root.tag, root.line, _of_root(root))
            gone = [name for name in root.attributes if name not in made.attributes]
            changes += [Change(f"line {root.line}", "lost", f'"{name}" of "{root.tag}"', _NO_PLACE) for name in gone]
        if child is not None and child.tag == ROOTS[root.tag]:
            found = record(root, child)
            made.children.append(found.made)
            changes += found.changes
        elif child is not None:
            changes.append(Change(f"line {child.line}", "lost", f'"{child.tag[:60]}"', _NO_PLACE))
        if len(changes) > MOST_CHANGES:
            raise Unreadable(f"line {root.line}", f"more than {MOST_CHANGES:,} changes")
    if made is None:
        raise Unreadable("line 1", "the file holds nothing")
    return Converted(version, made, tuple(changes))


def _of_root(root: Node) -> dict[str, str]:
    kept = {name: value for name, value in root.attributes.items() if f"@{name}" in forms(root.tag)[root.tag]}
    return kept | {"version": "2.03"}


def record(root: Node, old: Node) -> Record:
    """One activity or organisation of 1.x in 2.03."""
    made = _Conversion(forms(root.tag), old)
    return Record(made.record(), tuple(made.changes))


_NO_PLACE = "2.03 has no place for it"


class _Conversion:
    """One record while it is converted."""

    def __init__(self, known: Forms, old: Node) -> None:
        self.known, self.old = known, old
        self.changes: list[Change] = []
        reporter = old.first("reporting-org")
        self.reporter = (reporter.get("ref"), _words(reporter)) if reporter else ("", "")

    def record(self) -> Node:
        self._identify()
        return self._element(self.old, self.old.tag, self.old.tag)

    def tell(self, node: Node, kind: str, what: str, why: str) -> None:
        self.changes.append(Change(f"line {node.line}", kind, what[:300], why))

    def lose(self, node: Node, what: str, why: str = _NO_PLACE) -> None:
        self.tell(node, "lost", what, why)

    def _identify(self) -> None:
        """An identifier in the place 2.03 has for it."""
        if self.old.tag == "iati-organisation":
            for each in self.old.each("iati-identifier"):
                each.tag = "organisation-identifier"
        elif not any(each.words.strip() for each in self.old.each("iati-identifier")):
            own = next((each for each in self.old.each("other-identifier") if self._of_reporter(each)), None)
            if own is not None:
                said = own.get("ref") or own.words.strip()
                self.old.children = [each for each in self.old.children if each.tag != "iati-identifier"]
                self.old.children.append(Node("iati-identifier", own.line, words=said))
                self.tell(
                    own, "taken", f'the identifier "{said}"', "the source has no iati-identifier; this is its own"
                )

    def _of_reporter(self, other: Node) -> bool:
        told = (other.get("owner-ref"), other.get("owner-name"))
        return any(mine and mine == theirs for mine, theirs in zip(self.reporter, told, strict=True))

    def _element(self, old: Node, tag: str, form: str) -> Node:
        told = self.known.get(form, {})
        new = Node(tag, old.line)
        self._attributes(old, new, told)
        self._own_words(old, new, form, told)
        for child in old.children:
            self._child(child, new, told)
        for stranger in old.strangers:
            self.lose(old, f'"{stranger.name}"', "it is of another namespace")
        new.children = self._in_order(new, told)
        return new

    def _attributes(self, old: Node, new: Node, told: Form) -> None:
        for name, value in old.attributes.items():
            called = ATTRIBUTES.get((new.tag, name), name)
            if not value.strip() or (name == "xml:lang" and "narrative" in told):
                continue
            if f"@{called}" not in told:
                self.lose(old, f'"{name}" of "{old.tag}": "{value.strip()[:100]}"')
            else:
                new.attributes[called] = CODES.get((new.tag, called), {}).get(value.strip().lower(), value.strip())

    def _own_words(self, old: Node, new: Node, form: str, told: Form) -> None:
        words = old.words.strip()
        if not words:
            return
        if "text()" in told or form.startswith("xsd:"):
            new.words = words
        elif "narrative" in told:
            new.children.append(_narrative(old, words))
        elif f"{new.attributes.get('code', '')}".lower() != words.lower():
            self.lose(old, f'the words of "{old.tag}": "{words[:200]}"', "2.03 has a code alone")

    def _child(self, child: Node, new: Node, told: Form) -> None:
        special = _SPECIAL.get((new.tag, child.tag)) or _SPECIAL.get(("", child.tag))
        for each in special(self, child) if special else [child]:
            tag = each.tag if each.tag in told else TAGS.get(each.tag, each.tag)
            if tag not in told:
                self.lose(each, _told(each))
            elif not _blank(each):
                new.children.append(self._element(each, tag, told[tag].kind))

    def _in_order(self, new: Node, told: Form) -> list[Node]:
        """The children in the order of 2.03; those of one language each put together, where 2.03 has one of all."""
        kept: dict[tuple[str, str], Node] = {}
        for number, child in enumerate(new.children):
            alone = told[child.tag].most == 1
            alike = "" if alone else f"{child.attributes}" if child.tag == "description" else f"{number}"
            first = kept.setdefault((child.tag, alike), child)
            if first is not child:
                self._put_together(first, child)
        places = {name: place for place, name in enumerate(told)}
        return sorted(kept.values(), key=lambda each: places[each.tag])

    def _put_together(self, first: Node, more: Node) -> None:
        """Repeated elements as one; what is no narrative is lost."""
        narratives = list(more.each("narrative"))
        first.children += narratives
        if not narratives or len(narratives) < len(more.children) or more.attributes != first.attributes:
            self.lose(more, f'one more "{more.tag}"', "2.03 has one alone; its narratives are kept")


def _blank(node: Node) -> bool:
    """Whether an element says nothing at all."""
    attributes = {name: value for name, value in node.attributes.items() if name != "xml:lang" and value.strip()}
    return not attributes and not node.words.strip() and all(_blank(each) for each in node.children)


def _told(node: Node) -> str:
    told = [f'{name}="{value.strip()[:60]}"' for name, value in node.attributes.items() if value.strip()]
    words = _words(node)
    return f'"{node.tag[:60]}"' + (f" ({', '.join(told)})" if told else "") + (f": {words[:200]}" if words else "")


def _words(node: Node) -> str:
    return " ".join([node.words.strip(), *(_words(each) for each in node.children)]).strip()


def _narrative(old: Node, words: str) -> Node:
    language = old.get("xml:lang")
    return Node("narrative", old.line, {"xml:lang": language} if language else {}, words=words)


def _other_identifier(made: _Conversion, old: Node) -> list[Node]:
    """other-identifier: its words are ``ref`` in 2.03, its owner an element; its type is told by whose it is."""
    reference, kept = old.get("ref") or old.words.strip(), Node("other-identifier", old.line)
    if not reference:
        return []
    kept.attributes = {"ref": reference, "type": old.get("type") or ("A1" if made._of_reporter(old) else "A9")}
    if not old.get("type"):
        made.tell(old, "taken", f'type {kept.attributes["type"]} of other-identifier "{reference[:100]}"',
                  "by who its owner is: A1 is the reporting organisation's own, A9 another")  # fmt: skip
    if old.get("owner-ref") or old.get("owner-name"):
        owner = Node("owner-org", old.line, {"ref": old.get("owner-ref")}, words=old.get("owner-name"))
        kept.children.append(owner)
    kept.children += [each for each in old.children if each.tag == "owner-org"]
    return [kept]


def _participant(made: _Conversion, old: Node) -> list[Node]:
    role = CODES["participating-org", "role"].get(old.get("role").lower(), old.get("role"))
    if not old.get("ref") and not _words(old):
        if old.get("role") or old.get("type"):
            made.lose(old, _told(old), "it names nobody")
        return []
    if role == "beneficiary":
        made.lose(old, _told(old), "2.03 has no such role")
        return []
    return [old]


def _country(made: _Conversion, old: Node) -> list[Node]:
    """recipient-country: without a code, by its name; a region's name is a region in 2.03."""
    name, told = old.words.strip(), old.get("code") or old.get("ref")
    if told or not name:
        return [old]
    code = alpha_2(name)
    region = "" if code else REGIONS.get(" ".join(name.lower().replace(",", " ").removesuffix("regional").split()), "")
    if not code and not region:
        made.lose(old, _told(old), "it has no code, and its name is no country's and no region's")
        return []
    new = Node(old.tag if code else "recipient-region", old.line, old.attributes | {"code": code or region}, words=name)
    made.tell(old, "taken", f'{new.tag} {code or region} from its name "{name[:100]}"', "the source has no code for it")
    return [new]


def _sector(made: _Conversion, old: Node) -> list[Node]:
    """sector: a vocabulary that 2.03 does not have is the reporting organisation's own there (99)."""
    told = old.get("vocabulary")
    if told and not told.isdigit() and told.lower() not in CODES["sector", "vocabulary"]:
        made.tell(old, "taken", f'vocabulary 99 for "{told[:60]}"', "2.03 has no such vocabulary; 99 is an own one")
        return [Node(old.tag, old.line, old.attributes | {"vocabulary": "99"}, old.children, old.words)]
    return [old]


def _date(_made: _Conversion, old: Node) -> list[Node]:
    """activity-date: a day in its words is its iso-date."""
    if not old.get("iso-date") and day(old.words.strip()):
        return [Node(old.tag, old.line, old.attributes | {"iso-date": old.words.strip()}, old.children)]
    return [old]


def _transaction(made: _Conversion, old: Node) -> list[Node]:
    """transaction: its type is an element; its day and its value's stand for each other where one is missing."""
    new = Node(old.tag, old.line, dict(old.attributes), list(old.children), old.words, old.strangers)
    told = new.attributes.pop("type", "")
    if told.strip() and not old.first("transaction-type"):
        new.children.append(Node("transaction-type", old.line, {"code": told}))
    for part in new.children:
        if part.tag == "transaction-type" and not part.get("code") and part.words.strip():
            part.attributes["code"] = part.words.strip()
    value, done = old.first("value"), old.first("transaction-date")
    if value is not None and value.get("value-date") and done is None:
        new.children.append(Node("transaction-date", value.line, {"iso-date": value.get("value-date")}))
        made.tell(value, "taken", f"transaction-date {value.get('value-date')}", "the source has the value's day alone")
    return _dated(made, new)


def _dated(made: _Conversion, old: Node) -> list[Node]:
    """A value without a day has that of its transaction or of the start of its period."""
    value = old.first("value")
    since = old.first("transaction-date") or old.first("period-start")
    told = since.get("iso-date") if since else ""
    if value is not None and told and not value.get("value-date"):
        value.attributes["value-date"] = told
        made.tell(value, "taken", f"value-date {told}", "the source has none; it is that of what the value is for")
    return [old]


def _website(made: _Conversion, old: Node) -> list[Node]:
    """activity-website: a document of category A12 (web page of an activity) in 2.03."""
    address = old.words.strip()
    if not address:
        return []
    link = Node("document-link", old.line, {"url": address, "format": "text/html"})
    link.children = [Node("title", old.line, words=address), Node("category", old.line, {"code": "A12"})]
    made.tell(old, "taken", f"document-link to {address[:200]}", "2.03 has web pages among documents; no title is told")
    return [link]


def _document(_made: _Conversion, old: Node) -> list[Node]:
    """document-link: its language is an element."""
    new = Node(old.tag, old.line, dict(old.attributes), list(old.children), old.words, old.strangers)
    language = new.attributes.pop("language", "").strip()
    if language:
        new.children.append(Node("language", old.line, {"code": language}))
    return [new]


def _coordinates(_made: _Conversion, old: Node) -> list[Node]:
    """location/coordinates: a point in 2.03."""
    if not (old.get("latitude") and old.get("longitude")):
        return [old]
    place = Node("pos", old.line, words=f"{old.get('latitude')} {old.get('longitude')}")
    rest = {name: value for name, value in old.attributes.items() if name not in ("latitude", "longitude")}
    srs = {"srsName": "http://www.opengis.net/def/crs/EPSG/0/4326"}
    return [Node("point", old.line, rest | srs, [place], old.words)]


def _finance(made: _Conversion, old: Node) -> list[Node]:
    """A type of finance, flow or aid beside transactions: kept where it is a code."""
    told = old.get("code") or old.get("ref")
    if told.isdigit():
        return [old]
    made.lose(old, _told(old), "it is a word, and 2.03 has a code for it")
    return []


_SPECIAL: dict[tuple[str, str], Callable[[_Conversion, Node], list[Node]]] = {
    ("iati-activity", "other-identifier"): _other_identifier,
    ("iati-activity", "participating-org"): _participant,
    ("iati-activity", "recipient-country"): _country,
    ("iati-activity", "activity-date"): _date,
    ("iati-activity", "transaction"): _transaction,
    ("iati-activity", "budget"): _dated,
    ("iati-activity", "planned-disbursement"): _dated,
    ("iati-activity", "activity-website"): _website,
    ("iati-activity", "finance-type"): _finance,
    ("iati-activity", "flow-type"): _finance,
    ("iati-organisation", "total-budget"): _dated,
    ("iati-organisation", "recipient-country-budget"): _dated,
    ("iati-organisation", "recipient-org-budget"): _dated,
    ("", "sector"): _sector,
    ("", "document-link"): _document,
    ("location", "coordinates"): _coordinates,
}
