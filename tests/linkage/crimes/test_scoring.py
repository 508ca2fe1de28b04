"""What scores a new report in milliseconds gives the weights that Splink gives, pair by pair."""

import random

import pyarrow as pa
import pytest

from hueandcry.linkage.crimes.scoring import Scorer
from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.few import ready
from hueandcry.linkage.matching.model import Learnt, Model, Stale
from hueandcry.linkage.matching.prepared import prepare
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, Training, missing, otherwise
from tests.linkage.matching.facts_made import table_of

LEAST = -30.0


def _by_pair(table: pa.Table) -> dict[tuple[int, int], float]:
    """Weights to a billionth, by the two ids in order."""
    rows = zip(*(table[c].to_pylist() for c in ("id_l", "id_r", "match_weight")), strict=True)
    return {(min(left, right), max(left, right)): round(float(weight), 9) for left, right, weight in rows}


def _scored(found: list[tuple[int, int, float]]) -> dict[tuple[int, int], float]:
    assert all(left < right for left, right, _ in found)
    return {(left, right): round(weight, 9) for left, right, weight in found}


@pytest.mark.parametrize("seed", range(3))
def test_as_the_nightly_run_would(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a seed, not a secret
    told = table_of(rng, 120)
    table = prepare(told)
    model = reports.starting()
    quick = _scored(Scorer(reports.SETTINGS, model).pairs(ready(told.to_pylist()), least=LEAST))
    night = Duck().pairs(table, reports.SETTINGS, model, least=LEAST)
    splink = _by_pair(Duck().pairs(table, reports.SETTINGS, model, least=LEAST, gammas=True))  # levels only it tells
    assert len(splink) > 200
    assert quick == pytest.approx(splink)
    assert _by_pair(night) == pytest.approx(splink)
    order = list(zip(night["id_l"].to_pylist(), night["id_r"].to_pylist(), strict=True))
    assert order == sorted(order)


def test_as_predict_between_would() -> None:
    rng = random.Random(9)  # noqa: S311 - a seed, not a secret
    told = table_of(rng, 100)
    table = prepare(told)
    new = [n % 7 == 0 for n in table["report"].to_pylist()]
    model = reports.starting()
    quick = _scored(Scorer(reports.SETTINGS, model).pairs(ready(told.to_pylist()), among=new, least=LEAST))
    splink = _by_pair(
        Duck().between(
            table.filter(pa.array(new)),
            table.filter(pa.array([not one for one in new])),
            reports.SETTINGS,
            model,
            least=LEAST,
        )
    )
    assert splink
    both_new = {pair for pair in quick if all(n % 7 == 0 for n in pair)}
    assert {pair: weight for pair, weight in quick.items() if pair not in both_new} == pytest.approx(splink)


def test_rarity_counts_as_there() -> None:
    """Term frequencies, which the settings for reports happen not to use."""
    settings = Settings(
        "towns",
        "1",
        "id",
        (
            Comparer(
                "town",
                "town",
                ("town",),
                (missing("town"), Level("the same", "town_l = town_r", term_frequency="town"), otherwise()),
            ),
            Comparer("sum", "sum", ("sum",), (missing("sum"), Level("the same", "sum_l = sum_r"), otherwise())),
        ),
        (Blocking.on("sum"), Blocking("l.tags = r.tags", ("tags",))),
        Training(rules=()),
        0.0,
    )
    silent = Learnt("not known", None, None)
    model = Model(
        "towns",
        "1",
        0.01,
        {
            "town": (silent, Learnt("the same", 0.9, 0.1), Learnt("different", 0.1, 0.9)),
            "sum": (silent, Learnt("the same", 0.8, 0.01), Learnt("different", 0.2, 0.99)),
        },
        {"town": {"Lisboa": 0.4, "Porto": 0.1}},
    )
    rng = random.Random(2)  # noqa: S311 - a seed, not a secret
    towns = ["Lisboa", "Porto", "Beja", None]
    table = pa.table(
        {
            "id": range(60),
            "town": [rng.choice(towns) for _ in range(60)],
            "sum": [rng.choice([1.0, 2.0, None]) for _ in range(60)],
            "tags": pa.array([[rng.randrange(9)] for _ in range(60)], pa.list_(pa.int64())),
        }
    )
    quick = _scored(Scorer(settings, model).pairs(table.to_pylist(), least=LEAST))
    assert len(set(quick.values())) > 4
    assert quick == pytest.approx(_by_pair(Duck().pairs(table, settings, model, least=LEAST)))


def test_a_model_of_other_settings_is_refused() -> None:
    with pytest.raises(Stale):
        Scorer(reports.SETTINGS, Model("people", "1", 0.1, {}))
