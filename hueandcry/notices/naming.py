"""Whether a notice may say the title of what it links to, outside the pages: in a letter, a feed, a call of a webhook.

This desk knows nothing of reports and their handling. The desk that does registers a check; where a link leads to a
report and nobody vouches for it, the title stays away and the link alone is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hueandcry.members.viewer import Viewer
from hueandcry.notices.kinds import UNNAMED

# Given a viewer, who has been entered and whose channel is the way out, and links: those whose titles may go that way.
# It notes the delivery of what they lead to.
Check = Callable[[Viewer, frozenset[str]], frozenset[str]]

REPORTS = "/reports/"
_checks: list[Check] = []


def register(check: Check) -> None:
    """Have ``check`` vouch for links to reports; called once, when the desk that knows them is ready."""
    if check not in _checks:
        _checks.append(check)


def named(by: Viewer, links: Iterable[str]) -> frozenset[str]:
    """Those of these links whose titles may go out on ``by``'s channel. The caller has entered ``by``."""
    asked = frozenset(links)
    reports = frozenset(link for link in asked if link.startswith(REPORTS))
    vouched: frozenset[str] = frozenset().union(*(check(by, reports) for check in _checks)) if reports else frozenset()
    return (asked - reports) | (vouched & reports)


def title_of(kind: str, title: str, link: str, allowed: frozenset[str]) -> str:
    """The title where its link is ``allowed``, else what can be said without it."""
    return title if link in allowed else str(UNNAMED[kind])
