"""The real incidents of EuRepoC, through intake, linkage and a freeze: what the picture would count of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from hueandcry.exchange import actions as exchange
from hueandcry.exchange import receipts
from hueandcry.exchange.handling import Handling
from hueandcry.linkage.crimes import nightly
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import viewer
from tests import factory

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "incidents" / "eurepoc-1.1.csv"
pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.skipif(not FILE.is_file(), reason="../shared/data/incidents/eurepoc-1.1.csv is not here"),
]


def test_all_of_eurepoc_comes_to_a_freeze() -> None:
    from pyarrow import parquet

    from hueandcry.picture.freezes import actions as freezes
    from hueandcry.picture.freezes import reader

    by = factory.as_viewer(factory.person(factory.organisation(), ["analyst", "reporter"]), channel="command line")
    handling = Handling(tlp="GREEN", recipients=(ALLIANCE,))
    got = exchange.receive(by=by, raw=FILE.read_bytes(), filename=FILE.name, handling=handling, at_once=True)
    with viewer(by):
        receipt = receipts.receipt(by, got.submission)
    assert (receipt.state, receipt.read, receipt.stored, receipt.refused) == ("done", 1643, 1643, 0)
    told = [what for _place, what in receipt.losses]
    assert any("Western Europe" in what and "is no country" in what for what in told), "regions are told, not guessed"
    nightly.rebuild_all()
    frozen = reader.of(freezes.take())
    reports = parquet.read_table(reader.files(frozen)["reports"]).to_pylist()
    assert len(reports) == 1643
    countries = Counter(code for row in reports for code in row["countries"])
    assert countries.most_common(1) == [("US", 397)]
    assert sum(not row["countries"] for row in reports) == 127
    techniques = Counter(code for row in reports for code in row["techniques"])
    assert (techniques["T1566"], techniques["T1190"], techniques["T1486"]) == (33, 33, 41), "names became numbers"
    assert Counter(row["currency"] for row in reports if row["loss_given"] is not None) == {"USD": 3, "EUR": 1}
    assert [row["loss"] for row in reports if row["loss"] is not None] == [1_165_000_000], "no rate: dollars stay out"
    assert {row["cls"] for row in reports} == {"information-security", "availability", "malware"}
    assert sum(row["occurred"] is None for row in reports) == 9
