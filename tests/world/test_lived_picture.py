"""Made-up rates and denominators of the demonstration: such as the loaders take, and marked as made up."""

from __future__ import annotations

from datetime import date, timedelta

from hueandcry.picture.reference import denominators, money, rates
from hueandcry.world import lived_picture
from hueandcry.world.countries import COUNTRIES, PER_EURO
from hueandcry.world.simulation import DAYS

UNTIL = date(2026, 11, 15)


def test_rates_cover_every_day_of_the_world() -> None:
    raw = lived_picture.rates(UNTIL)
    found = rates.read(raw, today=UNTIL)
    assert {rate.source for rate in found.rates} == {lived_picture.SOURCE}
    held = money.table((rate.currency, rate.day, rate.per_euro) for rate in found.rates)
    assert set(held) == set(PER_EURO) - {"EUR"}
    for back in range(0, DAYS, 7):
        assert all(money.rate(currency, UNTIL - timedelta(days=back), held) for currency in PER_EURO)
    assert raw == lived_picture.rates(UNTIL), "the same in everybody's demonstration"


def test_every_country_has_inhabitants_and_enterprises() -> None:
    found = denominators.read(lived_picture.denominators(range(2024, 2027)), this_year=2026).denominators
    assert not {d.source for d in found} - {lived_picture.SOURCE}
    for kind in ("inhabitants", "enterprises"):
        whole = {(d.country, d.year) for d in found if d.kind == kind and not d.sector and not d.size}
        assert whole == {(country.code, year) for country in COUNTRIES for year in range(2024, 2027)}
    sizes = [d.value for d in found if d.country == "PT" and d.year == 2025 and d.size]
    total = next(
        d.value for d in found if (d.country, d.year, d.kind, d.sector, d.size) == ("PT", 2025, "enterprises", "", "")
    )
    assert abs(sum(sizes) - total) <= 2
