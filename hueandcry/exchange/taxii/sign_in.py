"""Who calls: a member's program by its API token (Basic or Bearer), or a stranger, who reads what is public."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from hueandcry.exchange.taxii.problems import Problem
from hueandcry.members.tokens import TokenError, token_holder
from hueandcry.members.viewer import ANYONE, Viewer

_STRANGER: Final = replace(ANYONE, channel="taxii")


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a request is answered, and what its token is for."""

    viewer: Viewer
    scopes: frozenset[str]

    @property
    def stranger(self) -> bool:
        """Whether nobody said who they are."""
        return self.viewer.person is None

    def require(self, scope: str) -> None:
        """Raise Problem (403) where the token is not for that."""
        if scope not in self.scopes:
            raise Problem(
                403, "scope", _("This token is not for that."), _("It lacks the scope %(scope)s.") % {"scope": scope}
            )


def caller_of(authorization: str, *, writes: bool) -> Caller:
    """Who this Authorization header speaks for. Raises Problem: 401 (who are you?) or 403 (you may not)."""
    if not authorization and not writes:
        return Caller(_STRANGER, frozenset({"read"}))
    try:
        who, scopes = token_holder(authorization, channel="taxii")
    except TokenError as error:
        raise Problem(error.status, "closed", _("This token opens nothing here."), error.reason) from None
    if not who.vetted:
        raise Problem(
            403, "standing", _("This token opens nothing here."),
            _("Your organisation is not yet, or no longer, a member in good standing."),
        )  # fmt: skip
    return Caller(who, scopes)
