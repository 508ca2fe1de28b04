"""What a letter, a feed or a webhook may name."""

from __future__ import annotations

from typing import Any

import pytest

from hueandcry.exchange.handling import Handling
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import viewer
from hueandcry.notices import naming
from tests import factory
from tests.exchange import send
from tests.exchange.recall.giving import owner


@pytest.mark.parametrize(
    ("codes", "pap", "channel", "may"),
    [((), "", "e-mail", True), (("H0", "H1"), "", "e-mail", True), (("H2",), "", "e-mail", False),
     (("H3",), "", "webhook", False), ((), "AMBER", "e-mail", True), ((), "AMBER", "webhook", False),
     ((), "RED", "e-mail", False), (("H2",), "", "atom", False), ((), "", "atom", True)],
)  # fmt: skip
def test_the_title_stays_away_where_handling_says_so(
    database: Any, codes: tuple[str, ...], pap: str, channel: str, may: bool
) -> None:
    bank, shop = (factory.person(factory.organisation(name)) for name in ("Bank", "Shop"))
    report = send.form(bank, handling=Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=codes, pap=pap))
    hidden = send.form(bank, "hidden", handling=Handling(tlp="AMBER"))
    links = [f"/reports/{report.reference}/", f"/reports/{hidden.reference}/", "/recalls/"]
    by = factory.as_viewer(shop, channel=channel)
    with viewer(by):
        assert naming.named(by, links) == {"/recalls/", *(links[:1] if may else ())}
    assert owner("SELECT channel, report FROM exchange_delivery") == ([(channel, report.pk)] if may else [])
