"""Which frameworks there are: those of the program and those that somebody imported."""

from __future__ import annotations

from functools import lru_cache

from hueandcry.academy.frameworks import shipped
from hueandcry.academy.frameworks.model import Framework, read
from hueandcry.academy.models import FrameworkVersion
from hueandcry.members.viewer import Viewer


def frameworks(viewer: Viewer) -> list[tuple[str, str, str, int, int]]:
    """Code, version, title, number of roles and of relations of each, ours first. The caller has entered the viewer."""
    own = shipped.law_enforcement()
    rows = FrameworkVersion.objects.order_by("code", "-at").values_list(
        "code", "version", "title", "roles", "relations"
    )
    return [(own.code, own.version, own.title, len(own.of_kind("role")), len(own.relations)), *rows]


def framework(viewer: Viewer, code: str, version: str = "") -> Framework:
    """A framework, its newest version where none is named. Raises FrameworkVersion.DoesNotExist."""
    own = shipped.law_enforcement()
    if code == own.code and version in ("", own.version):
        return own
    rows = FrameworkVersion.objects.filter(code=code, **({"version": version} if version else {}))
    digest = rows.order_by("-at").values_list("digest", flat=True).first()
    if digest is None:
        raise FrameworkVersion.DoesNotExist
    return _held(digest)


@lru_cache(maxsize=16)
def _held(digest: str) -> Framework:
    """By its digest a document means the same for everybody who may read it: the caller has asked whether they may."""
    content = FrameworkVersion.objects.values_list("document", flat=True).get(digest=digest)
    return read(bytes(content))
