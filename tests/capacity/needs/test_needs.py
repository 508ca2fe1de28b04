"""Series, indexes, runs and consultations: whole or refused, the same again, law enforcement beside and never in it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection

from hueandcry.capacity.models import Consultation, NeedRun, Statistic, StatisticValue
from hueandcry.capacity.needs import actions, queries
from hueandcry.capacity.needs.actions import Series
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from tests import factory
from tests.capacity.assessment.test_actions import prove
from tests.capacity.assessment.test_actions import somebody as assessor

pytestmark = pytest.mark.usefixtures("database")
ASEM = Path(__file__).parents[4] / "shared" / "data"
META = (
    b"iCode,Type,Parent,Weight,iName\nINDEX,Aggregate,,1,Need\nlaw,Indicator,INDEX,2,Law\nnet,Indicator,INDEX,1,Net\n"
)


def office() -> Viewer:
    return factory.as_viewer(factory.person(factory.office(), ("secretary",)))


def somebody(*roles: str, kind: str = "law-enforcement") -> Viewer:
    return factory.as_viewer(factory.person(factory.organisation(kind=kind), roles or ("officer",)))


def series(by: Viewer, code: str, values: dict[str, float], *, scale: str = "percent", year: int = 2025) -> None:
    actions.begin(by=by, series=Series(code, f"Series {code}", scale, 1, "A yearbook, 2025"))
    lines = "\n".join(f"{country},{year},{value}" for country, value in values.items())
    actions.load(by=by, code=code, raw=f"country,year,value\n{lines}\n".encode())


def ran(by: Viewer, **more: object) -> NeedRun:
    made = actions.define(by=by, name="Need for capacity", meta=META)
    actions.run(by=by, index=made, year=2026, **({"draws": 200, "top": 2} | more))  # type: ignore[arg-type]
    return NeedRun.objects.using("owner").get()


def test_a_file_is_stored_whole_or_not_at_all_and_unknown_is_never_nought() -> None:
    officer = somebody()
    actions.begin(by=officer, series=Series("law", "Laws in force", "percent", 1, "A yearbook, 2025"))

    def load(text: str, scale: str = "") -> actions.Receipt:
        return actions.load(by=officer, code="law", raw=text.encode(), scale=scale)

    for wrong, said in (
        ("country,year,value\nMZ,2025,40\nNowhere,2025,1\n", "line 3"), ("country,year,value\nMZ,2025,140\n", "line 2"),
        ("country,year,value\nMZ,1825,4\n", "line 2"), ("country,year,value\nMZ,2025,4\nMOZ,2025,5\n", "line 3"),
        ("country,year,value\nMZ,2025,much\n", "line 2"), ("country,year\nMZ,2025\n", "value"), ("", "country"),
        ("country,year,value\nMZ,2025,\n", "no number"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            load(wrong)
    with pytest.raises(Refused, match="no rule"):
        load("country,year,value\nMZ,2025,4\n", "rank")
    assert not StatisticValue.objects.using("owner").exists()
    made = load("Country;Year;Value\nMozambique;2025;0.4\nAGO;2025;NA\nPT;2025;0.9\n", "share")
    assert (made.new, made.unknown, "→" in made.rule) == (2, 1, True)
    assert dict(StatisticValue.objects.using("owner").values_list("country", "value")) == {"MZ": 40.0, "PT": 90.0}
    made = load("country,year,value\nMZ,2025,41\nPT,2025,90\n")
    assert (made.new, made.corrected, made.same) == (0, 1, 1)


def test_a_run_is_made_again_byte_for_byte_and_says_what_it_was_made_of() -> None:
    secretary = office()
    series(secretary, "law", {"MZ": 10, "AO": 20, "PT": 90, "FR": 80})
    series(secretary, "net", {"MZ": 15, "PT": 85, "FR": 70, "CV": 30})
    run = ran(secretary)
    again = actions.computed_again(run.index.indicators, run.index.groups, run.inputs, run.choices)
    assert orjson.dumps(again, option=orjson.OPT_SORT_KEYS) == orjson.dumps(run.told, option=orjson.OPT_SORT_KEYS)
    assert run.digest == actions.digest(run.index.indicators, run.index.groups, run.inputs, run.choices)
    assert run.inputs["countries"] == ["AO", "CV", "FR", "MZ", "PT"]
    assert run.inputs["values"][0] == [20.0, None] and run.inputs["years"][0] == [2025, None]
    with viewer(secretary):
        found = queries.needs(queries.newest(secretary))
        mine = queries.need(secretary, "MZ")
    assert mine is not None and mine.rank == 1 and mine.share is not None and mine.share > 0.9 and mine.most_in_need
    assert found["PT"].rank == max(each.rank or 0 for each in found.values())


def test_only_numbers_of_the_years_asked_for_are_taken() -> None:
    secretary = office()
    series(secretary, "law", {"MZ": 10, "AO": 20, "PT": 90}, year=2019)
    actions.load(by=secretary, code="law", raw=b"country,year,value\nMZ,2025,11\nAO,2026,22\nPT,2024,88\n")
    series(secretary, "net", {"MZ": 15, "PT": 85, "AO": 70})
    made = actions.define(by=secretary, name="Need for capacity", meta=META)
    actions.run(by=secretary, index=made, year=2025, oldest=1, draws=200)
    assert NeedRun.objects.using("owner").get().inputs["values"] == [[None, 70.0], [11.0, 15.0], [88.0, 85.0]]


def test_the_alliances_own_numbers_enter_an_index() -> None:
    secretary, teller = office(), assessor("officer", "assessor")
    prove(teller, [assessor(), assessor()], up_to=1)
    with viewer(secretary):
        assert queries.OWN["own.stage"].values(secretary) == {"MZ": 1.0}
        assert queries.OWN["own.picture-rate"].values(secretary) == {}


def test_what_cannot_be_an_index_is_refused() -> None:
    secretary = office()
    series(secretary, "law", {"MZ": 1, "AO": 2, "PT": 3}, scale="rank")
    for wrong in (b"iCode,Type,Parent\nINDEX,Aggregate,\nnothing,Indicator,INDEX\n", b"", b"iCode,Parent\nlaw,\n"):
        with pytest.raises(Refused):
            actions.define(by=secretary, name="Need", meta=wrong)
    series(secretary, "net", {"MZ": 15, "PT": 85, "AO": 70})
    made = actions.define(by=secretary, name="Need", meta=META)
    with pytest.raises(Refused, match="ranks"):
        actions.run(by=secretary, index=made, year=2026, draws=200)
    with pytest.raises(Refused, match="three countries"):
        actions.run(by=secretary, index=made, year=1999, draws=200, normalise="rank")
    actions.run(by=secretary, index=made, year=2026, draws=200, normalise="rank")
    actions.retire(by=secretary, index=made)
    with viewer(secretary):
        assert queries.newest(secretary) is None


def test_who_loads_defines_runs_and_is_consulted() -> None:
    secretary, police, bank, reader = office(), somebody(), somebody("officer", kind="business"), somebody("reader")
    series(secretary, "law", {"MZ": 10, "AO": 20, "PT": 90})
    series(police, "net", {"MZ": 15, "PT": 85, "AO": 70})
    with pytest.raises(Refused):
        actions.load(by=police, code="law", raw=b"country,year,value\nMZ,2025,1\n")
    with pytest.raises(Refused):
        actions.begin(by=reader, series=Series("x", "X", "percent", 1, "A yearbook"))
    with pytest.raises(Refused):
        actions.define(by=police, name="Need", meta=META)
    run = ran(secretary)
    for by in (bank, reader, secretary):
        with pytest.raises(Refused):
            actions.consult(by=by, run=run.reference, country="MZ", decision="raised", reasons="So.")
    with pytest.raises(Refused):
        actions.consult(by=police, run=run.reference, country="FR", decision="raised", reasons="So.")
    before = run.told
    actions.consult(by=police, run=run.reference, country="MZ", decision="raised", reasons="Two units closed.")
    assert NeedRun.objects.using("owner").get().told == before, "what is said stands beside the index"
    with pytest.raises(ProgrammingError), viewer(bank):
        Consultation.objects.create(run=run, country="MZ", decision="lowered", reasons="So.",
                                    organisation=bank.organisation or 0, person=bank.person or 0)  # fmt: skip
    for by, statement in (
        (secretary, "UPDATE capacity_needrun SET told = '{}'"),
        (secretary, "DELETE FROM capacity_needrun"),
        (police, "UPDATE capacity_consultation SET reasons = 'x'"),
        (police, "DELETE FROM capacity_statisticvalue"),
        (secretary, "UPDATE capacity_needindex SET indicators = '[]'"),
        (police, "UPDATE capacity_statistic SET scale = 'rank'"),
    ):
        with pytest.raises(ProgrammingError), viewer(by), connection.cursor() as cursor:
            cursor.execute(statement)
    with viewer(police), connection.cursor() as cursor:
        cursor.execute("UPDATE capacity_statisticvalue SET value = 1")
        assert cursor.rowcount == 3, "one's own series alone"


def test_pages_of_needs() -> None:
    secretary = factory.signed_in(factory.person(factory.office(), ("secretary",)))
    police = factory.signed_in(factory.person(factory.organisation(kind="law-enforcement"), ("officer",)))
    reader = factory.signed_in(factory.person(factory.organisation(), ("reader",)))
    assert "Nobody has computed needs yet" in reader.get("/needs/").content.decode()
    assert "No series is loaded yet" in reader.get("/needs/series/").content.decode()
    assert reader.get("/needs/series/new/").status_code == 403
    told = {"name": "Laws in force", "scale": "percent", "direction": "1", "source": "A yearbook, 2025"}
    assert secretary.post("/needs/series/new/", told | {"code": "-"}).status_code == 422
    for code in ("law", "net"):
        assert secretary.post("/needs/series/new/", told | {"code": code}).status_code == 302
        raw = b"country,year,value\nMZ,2025,10\nAO,2025,30\nPT,2025,90\nFR,2025,80\n"
        bad = secretary.post(
            f"/needs/series/{code}/", {"upload": SimpleUploadedFile("a.csv", b"country,year,value\nMZ,2025,x\n")}
        )
        assert bad.status_code == 422 and "line 2" in bad.content.decode()
        assert secretary.post(f"/needs/series/{code}/", {"upload": SimpleUploadedFile("a.csv", raw)}).status_code == 302
    assert "4 new" in secretary.get("/needs/series/net/").content.decode()
    assert "Laws in force" in reader.get("/needs/series/?q=laws").content.decode()
    assert "No series fits" in reader.get("/needs/series/?q=none").content.decode()
    assert "MZ,2025,10.0" in reader.get("/needs/series/law/values.csv").content.decode()
    assert (
        secretary.post("/needs/indexes/", {"name": "Need", "upload": SimpleUploadedFile("m.csv", b"x")}).status_code
        == 422
    )
    assert (
        secretary.post("/needs/indexes/", {"name": "Need", "upload": SimpleUploadedFile("m.csv", META)}).status_code
        == 302
    )
    page = secretary.get("/needs/indexes/").content.decode()
    action = page.split('action="/needs/indexes/')[1].split('"')[0]
    rules = {
        "year": "2026",
        "oldest": "5",
        "normalise": "minmax",
        "aggregate": "arithmetic",
        "missing": "exclude",
        "top": "2",
        "share": "0.9",
        "draws": "200",
        "seed": "1",
    }
    police.post(f"/needs/indexes/{action}", rules)
    assert not NeedRun.objects.using("owner").exists(), "the secretariat runs"
    assert reader.post(f"/needs/indexes/{action}", rules).status_code == 403
    assert secretary.post(f"/needs/indexes/{action}", rules | {"draws": "1"})["Location"] == "/needs/indexes/"
    assert secretary.post(f"/needs/indexes/{action}", rules)["Location"] == "/needs/"
    said = reader.get("/needs/").content.decode()
    assert "Mozambique" in said and "most in need" in said and "How often among the 2 most in need" in said
    assert "/needs/PT/" not in reader.get("/needs/?group=ldc").content.decode()
    assert reader.get("/needs/method/").status_code == 200
    assert police.post("/needs/MZ/", {"decision": "raised", "reasons": ""}).status_code == 422
    assert police.post("/needs/MZ/", {"decision": "raised", "reasons": "Two units closed."}).status_code == 302
    said = reader.get("/needs/MZ/").content.decode()
    assert "Two units closed." in said and "towards greater need" in said and "least developed country" in said
    assert "Nothing is computed of this country" in reader.get("/needs/JP/").content.decode()
    assert reader.get("/needs/ZZ/").status_code == 404
    assert "raised: Two units closed." in reader.get("/needs/needs.csv?most=1").content.decode()
    assert Statistic.objects.using("owner").count() == 2
