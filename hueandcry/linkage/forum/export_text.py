"""A thread as a text that can be filed: Markdown as it was written, the handling on top and at the end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from hueandcry.linkage.forum.queries import Said
from hueandcry.linkage.models import Thread


def written(
    thread: Thread, said: Sequence[Said], *, where: str, about: Sequence[str], reader: str, now: datetime
) -> str:
    """The whole thread. Words of posts stand behind a bar, so that none passes for a heading or a label of ours."""
    label = f"TLP:{thread.tlp}"
    head = [
        label,
        "",
        f"# {thread.title}",
        "",
        _("With: %(where)s") % {"where": where},
        _("Opened: %(when)s") % {"when": _stamp(thread.at)},
        _("Exported: %(when)s for %(who)s") % {"when": _stamp(now), "who": reader},
        *about,
        "",
    ]
    if thread.posts > len(said):
        head += [_("The first %(n)s of %(all)s posts.") % {"n": len(said), "all": thread.posts}, ""]
    return "\n".join([*head, *(line for each in said for line in _post(each)), label, ""])


def _post(each: Said) -> list[str]:
    post = each.post
    who = ", ".join(filter(None, (each.name, each.body)))
    lines = [f"## {who}, {_stamp(post.at)}", ""]
    if post.withdrawn_at:
        lines += [_("(withdrawn %(when)s)") % {"when": _stamp(post.withdrawn_at)}]
    else:
        lines += [f"| {line}" for line in post.text.split("\n")]
    if post.edited_at and not post.withdrawn_at:
        lines += [_("(edited %(when)s)") % {"when": _stamp(post.edited_at)}]
    lines += [
        _("File: %(name)s, %(size)s bytes, TLP:%(tlp)s, sha256 %(hash)s")
        % {"name": file.filename or _("(erased)"), "size": file.size, "tlp": file.tlp, "hash": bytes(file.sha256).hex()}
        for file in each.files
    ]
    return [*lines, ""]


def _stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
