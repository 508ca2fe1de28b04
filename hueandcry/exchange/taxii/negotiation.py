"""Content negotiation: sections 1.6.8 and 3.1 of the standard, section 5.3.2 of RFC 7231."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hueandcry.exchange.taxii.problems import Problem

MEDIA_TYPE: Final = "application/taxii+json;version=2.1"
_PLAIN: Final = "application/taxii+json"


def require_accept(header: str) -> None:
    """Raise Problem (406) unless the client takes TAXII 2.1: by its name, by any wider range, or by saying nothing."""
    if header.strip() and not any(_accepts(part) for part in header.split(",")):
        raise Problem(
            406, "accept", _("The header Accept asks for what there is not here."),
            _("Send: Accept: %(media)s") % {"media": MEDIA_TYPE},
        )  # fmt: skip


def require_content_type(header: str) -> None:
    """Raise Problem (415) unless a body is announced as TAXII 2.1."""
    name, parameters = _parsed(header)
    if name != _PLAIN or parameters.get("version", "2.1") != "2.1":
        raise Problem(
            415, "content-type", _("This kind of content is not taken here."),
            _("Send: Content-Type: %(media)s") % {"media": MEDIA_TYPE},
        )  # fmt: skip


def _accepts(part: str) -> bool:
    name, parameters = _parsed(part)
    if name not in (_PLAIN, "application/*", "*/*"):
        return False
    return parameters.get("version", "2.1") == "2.1" and not _refused(parameters.get("q", "1"))


def _refused(quality: str) -> bool:
    """Whether a weight says "not this" (RFC 7231, 5.3.1); one that cannot be read says nothing."""
    try:
        return float(quality) <= 0
    except ValueError:
        return False


def _parsed(part: str) -> tuple[str, dict[str, str]]:
    name, *rest = part.split(";")
    pairs = (one.partition("=") for one in rest)
    return name.strip().lower(), {key.strip().lower(): value.strip().strip('"') for key, _equals, value in pairs}
