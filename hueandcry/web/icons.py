"""Icons drawn inside the page, from icons.json (written by ``npm run build`` out of Tabler Icons, MIT)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("icons.json")


class NoSuchIconError(LookupError):
    """The icon is not in the bundle; the message says how to add it."""


@cache
def drawings() -> dict[str, str]:
    """Name of each icon we ship, and the inside of its SVG."""
    read: dict[str, str] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return read


def svg(name: str, label: str = "") -> str:
    """The icon as SVG markup. Icons stand beside words, so they are hidden from readers unless ``label`` is given."""
    try:
        inside = drawings()[name]
    except KeyError:
        raise NoSuchIconError(
            f"no icon {name!r}: add it to hueandcry/web/src/icons.txt and run `npm run build`"
        ) from None
    spoken = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    return f'<svg class="icon" viewBox="0 0 24 24" width="20" height="20" {spoken}>{inside}</svg>'
