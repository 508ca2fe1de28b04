"""The countries of the simulated alliance: members of the European Union, the Five Eyes and ten with most to build up.

Weights are rough and ours: how much is reported there, the largest at 100. The ten are our choice for the simulation
and no judgement on anybody. IBAN: whether the country's accounts carry one.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Group = Literal["eu", "five-eyes", "need"]


class Country(NamedTuple):
    """One country as the simulation needs it."""

    code: str
    group: Group
    weight: int
    currency: str
    language: str
    iban: bool
    cities: tuple[str, ...]


_ROWS = """
AT eu 12 EUR de y Graz,Linz,Salzburg
BE eu 15 EUR nl y Ghent,Liège,Namur
BG eu 8 EUR en y Plovdiv,Varna
CY eu 2 EUR en y Limassol,Larnaca
CZ eu 12 CZK en y Brno,Ostrava,Plzeň
DE eu 90 EUR de y Bremen,Kassel,Leipzig,Mainz,Rostock
DK eu 8 DKK en y Aarhus,Odense
EE eu 3 EUR en y Tartu,Narva
ES eu 55 EUR es y Sevilla,Zaragoza,Vigo,Murcia
FI eu 7 EUR en y Turku,Oulu
FR eu 75 EUR fr y Lyon,Nantes,Lille,Rennes,Dijon
GR eu 11 EUR en y Patras,Volos
HR eu 5 EUR en y Split,Rijeka
HU eu 10 HUF en y Szeged,Pécs
IE eu 7 EUR en y Cork,Galway,Limerick
IT eu 65 EUR it y Torino,Bari,Parma,Trieste
LT eu 4 EUR en y Kaunas,Klaipėda
LU eu 2 EUR fr y Esch,Differdange
LV eu 3 EUR en y Liepāja,Jelgava
MT eu 2 EUR en y Sliema,Mosta
NL eu 30 EUR nl y Utrecht,Arnhem,Leiden
PL eu 40 PLN pl y Gdynia,Lublin,Poznań,Toruń
PT eu 14 EUR pt y Lisboa,Braga,Coimbra,Faro
RO eu 20 RON en y Cluj,Iași,Timișoara
SE eu 14 SEK en y Malmö,Uppsala
SI eu 3 EUR en y Maribor,Celje
SK eu 6 EUR en y Košice,Nitra
AU five-eyes 40 AUD en n Hobart,Newcastle,Geelong
CA five-eyes 45 CAD en n Halifax,Regina,Hamilton
GB five-eyes 80 GBP en y Leeds,Bristol,Cardiff,Dundee
NZ five-eyes 9 NZD en n Dunedin,Napier
US five-eyes 100 USD en n Duluth,Tucson,Albany,Boise
UA need 14 UAH en y Lviv,Odesa
MD need 3 MDL en y Bălți,Cahul
GE need 3 GEL en y Kutaisi,Batumi
GH need 5 GHS en n Kumasi,Tamale
SN need 3 XOF fr n Thiès,Kaolack
KE need 6 KES en n Kisumu,Nakuru
MW need 2 MWK en n Blantyre,Zomba
NP need 3 NPR en n Pokhara,Biratnagar
PH need 9 PHP en n Cebu,Davao
HN need 2 HNL es n Choluteca,Tela
"""


def _country(row: str) -> Country:
    code, group, weight, currency, language, iban, cities = row.split(" ")
    return Country(code, group, int(weight), currency, language, iban == "y", tuple(cities.split(",")))  # type: ignore[arg-type]


COUNTRIES: tuple[Country, ...] = tuple(_country(row) for row in _ROWS.strip().splitlines())
BY_CODE: dict[str, Country] = {country.code: country for country in COUNTRIES}

# Units of a currency for one euro, rounded to one or two figures: only to make amounts look right.
PER_EURO: dict[str, float] = {
    "EUR": 1, "CZK": 25, "DKK": 7.5, "HUF": 400, "PLN": 4.3, "RON": 5, "SEK": 11, "AUD": 1.65, "CAD": 1.5,
    "GBP": 0.85, "NZD": 1.8, "USD": 1.1, "UAH": 45, "MDL": 19, "GEL": 3, "GHS": 16, "XOF": 656, "KES": 140,
    "MWK": 1900, "NPR": 147, "PHP": 62, "HNL": 27,
}  # fmt: skip
