"""What a MISP event holds and reports and observations have no place for, told in the receipt. The kept text has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hueandcry.exchange import misp_tags
from hueandcry.exchange.drafts import Loss
from hueandcry.exchange.text import clean

# MISP's numbers for who may receive (core format, 2.2.1.11). 3 is everybody, 5 "as the event": neither loses anything.
DISTRIBUTION = {
    "0": "the sending organisation only",
    "1": "the sending community only",
    "2": "connected communities",
    "4": "a sharing group",
}
# Members of an event that carry knowledge which reports and observations have no place for.
UNCARRIED = {
    "ShadowAttribute": "proposals by other organisations",
    "RelatedEvent": "references to related events",
    "Sighting": "sightings of the event as a whole",
    "Note": "analyst notes",
    "Opinion": "analyst opinions",
    "Relationship": "analyst relationships",
    "CryptographicKey": "signing keys",
}


def of_attribute(place: str, attribute: dict[str, Any]) -> Iterator[Loss]:
    """Give what an observation cannot say of its attribute."""
    proposals = attribute.get("ShadowAttribute")
    if isinstance(proposals, list) and proposals:
        yield Loss(place, f"{UNCARRIED['ShadowAttribute']}: {len(proposals)}")
    distribution = str(attribute.get("distribution", ""))
    if distribution in DISTRIBUTION:
        yield Loss(place, f"MISP distribution {distribution}, {DISTRIBUTION[distribution]}, for this attribute alone")
    tags = [tag for tag in misp_tags.of(attribute) if not misp_tags.is_understood(tag)]
    if tags:
        yield Loss(place, clean(f"tags on this attribute alone: {', '.join(tags)}", 500))


def of_event(place: str, event: dict[str, Any]) -> Iterator[Loss]:
    """Give what a report cannot say of its event."""
    distribution = str(event.get("distribution", ""))
    if distribution in DISTRIBUTION:
        group = f" ({clean(str(event.get('sharing_group_id')), 40)})" if distribution == "4" else ""
        what = (
            f"MISP distribution {distribution}, {DISTRIBUTION[distribution]}{group}: the submission's handling decides"
        )
        yield Loss(f"{place}.distribution", what)
    for name, what in UNCARRIED.items():
        entries = event.get(name)
        if isinstance(entries, list) and entries:
            yield Loss(f"{place}.{name}", f"{what}: {len(entries)}")
    galaxies = event.get("Galaxy")
    if isinstance(galaxies, list) and galaxies:
        yield Loss(f"{place}.Galaxy", f"the content of galaxies: {len(galaxies)}; their tags are kept as labels")
    objects = event.get("Object")
    relations = sum(len(_relations(item)) for item in objects) if isinstance(objects, list) else 0
    if relations:
        yield Loss(f"{place}.Object", f"relations between objects: {relations}")


def _relations(item: object) -> list[Any]:
    references = item.get("ObjectReference") if isinstance(item, dict) else None
    return references if isinstance(references, list) else []
