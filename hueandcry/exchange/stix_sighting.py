"""A sighting as STIX 2.1 (section 5.2): somebody saw what another told, so many times, from then to then. Pure.

Written as a bundle that takes the way of any file: so it is kept, handled, followed by TAXII and MISP and carried to
other nodes like everything else.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from hueandcry.exchange import stix_handling, stix_out
from hueandcry.exchange.drafts import Observation
from hueandcry.exchange.stix_handling import EXTENSION

PLACES = ("own", "victim", "other")  # where it was seen: in one's own house, at a victim, elsewhere


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen: the STIX id ``of`` something told before, or a value (``of`` is then "")."""

    organisation: stix_out.OutOrganisation
    at: datetime  # when it is told
    of: str = ""
    value: Observation | None = None
    count: int = 1
    first: datetime | None = None
    last: datetime | None = None
    where: str = "own"
    words: str = ""
    tlp: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a sighting says, read from its text."""

    id: str
    of: str
    observed: tuple[str, ...]
    count: int
    first: str
    last: str
    where: str
    words: str


class NoForm(ValueError):
    """A value for which STIX has no object, so that it cannot be sighted by itself."""


def bundle(seen: Seen) -> bytes:
    """The bundle that tells a sighting. Raises NoForm."""
    stamp = _stamp(seen.at)
    author = f"identity--{seen.organisation.id}"
    common: dict[str, Any] = {"spec_version": "2.1", "created": stamp, "modified": stamp, "created_by_ref": author}
    if seen.tlp:
        common["object_marking_refs"] = [stix_handling.TLP_ID[seen.tlp]]
    made: list[dict[str, Any]] = [stix_out.PROJECT, stix_out.DEFINITION]
    made += [stix_handling.definition_of(seen.tlp)] if seen.tlp else []  # type: ignore[arg-type]
    made.append(
        {
            "type": "identity", "spec_version": "2.1", "id": author, "created": _stamp(seen.organisation.since),
            "modified": _stamp(seen.organisation.since), "name": seen.organisation.name,
            "identity_class": "organization",
        }
    )  # fmt: skip
    values = _observed(seen, seen.value, common) if seen.value is not None else []
    sighting = _sighting(seen, author, values) | common
    told = [*values, sighting]
    grouping = {
        "type": "grouping", "id": f"grouping--{uuid.uuid4()}", "name": title(seen), "context": "sighting",
        "object_refs": [one["id"] for one in told],
    }  # fmt: skip
    content = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": [*made, *told, grouping | common]}
    return orjson.dumps(content)


def title(seen: Seen) -> str:
    """The title of the report that tells it. It names a value, and of anything else the kind only: what was sighted may
    be for fewer eyes than the sighting."""
    if seen.value is not None:
        return f"Sighting of {seen.value.type} {seen.value.value}"[:300]
    return f"Sighting of {seen.of.partition('--')[0].replace('-', ' ')}"


def read(text: str) -> Told | None:
    """What a sighting says; None where the text is none."""
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict) or content.get("type") != "sighting":
        return None
    own = (content.get("extensions") or {}).get(EXTENSION) if isinstance(content.get("extensions"), dict) else None
    where = own.get("where") if isinstance(own, dict) else ""
    count, observed = content.get("count"), content.get("observed_data_refs")
    return Told(
        _text(content, "id"), _text(content, "sighting_of_ref"),
        tuple(one for one in observed if isinstance(one, str)) if isinstance(observed, list) else (),
        count if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= 999_999_999 else 1,
        _text(content, "first_seen"), _text(content, "last_seen"), where if where in PLACES else "other",
        _text(content, "description"),
    )  # fmt: skip


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""


def _observed(seen: Seen, told: Observation, common: dict[str, Any]) -> list[dict[str, Any]]:
    """The value, and the observed data that hold it."""
    value = stix_out.observable(told)
    if value is None:
        raise NoForm(told.type)
    if "object_marking_refs" in common:
        value = value | {"object_marking_refs": common["object_marking_refs"]}
    first = seen.first or seen.last or seen.at
    observed = {
        "type": "observed-data", "id": f"observed-data--{uuid.uuid4()}", "first_observed": _stamp(first),
        "last_observed": _stamp(max(first, seen.last or first)), "number_observed": max(1, seen.count),
        "object_refs": [value["id"]],
    }  # fmt: skip
    return [value, observed | common]


def _sighting(seen: Seen, author: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "sighting", "id": f"sighting--{uuid.uuid4()}", "count": seen.count}
    if values:
        made |= {"sighting_of_ref": values[1]["id"], "observed_data_refs": [values[1]["id"]]}
    else:
        made["sighting_of_ref"] = seen.of
    if seen.first:
        made["first_seen"] = _stamp(seen.first)
    if seen.last:
        made["last_seen"] = _stamp(seen.last)
    if seen.where == "own":
        made["where_sighted_refs"] = [author]
    if seen.words:
        made["description"] = seen.words
    return made | {"extensions": {EXTENSION: {"extension_type": "property-extension", "where": seen.where}}}


def _stamp(moment: datetime) -> str:
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond % 1000 == 0 else "microseconds") + "Z"
