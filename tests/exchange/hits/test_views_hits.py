"""Pages of hits and requests: who comes in, what stands there, and what never does."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits import actions_ask
from hueandcry.exchange.models import Ask, AskPart, Lookup, Report
from hueandcry.members.models import Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
VALUE = "telling-value.pt"
_numbers = count(1)
GIVEN = {"purpose": "investigation", "words": "false invoices", "case": "7/26"}


@pytest.fixture
def asker() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


@pytest.fixture
def holder() -> Person:
    return factory.person(factory.organisation("Holder Bank"))


def kept(person: Person, value: str = VALUE, **more: Any) -> Report:
    handling = Handling(**({"tlp": "AMBER", "discoverability": "anonymous"} | more))
    return send.form(person, f"kept {next(_numbers)}", handling, known=value)


def body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return " ".join(content.decode().split())


def looked_up(browser: Client, text: str, **more: Any) -> Any:
    return browser.post("/hits/", GIVEN | {"values": text} | more, follow=True)


PAGES = ("/hits/", "/hits/ours/", "/requests/", "/requests/?show=mine", "/requests/new/")


@pytest.mark.parametrize(
    ("roles", "opens"),
    [
        (("analyst",), {*PAGES}),
        (("administrator",), {*PAGES}),
        (("reporter",), {"/hits/ours/", "/requests/", "/requests/?show=mine"}),
        (("integrator",), {"/hits/ours/", "/requests/", "/requests/?show=mine"}),
        (("reader",), set()),
        (("dpo",), set()),
    ],
)
def test_which_pages_a_role_opens(roles: tuple[str, ...], opens: set[str]) -> None:
    browser = factory.signed_in(factory.person(factory.organisation(), roles))
    assert {page for page in PAGES if browser.get(page).status_code == 200} == opens
    assert {browser.get(page).status_code for page in {*PAGES} - opens} <= {403}


@pytest.mark.parametrize("state", ["applicant", "suspended", "left"])
def test_members_in_good_standing_alone(state: str) -> None:
    browser = factory.signed_in(factory.person(factory.organisation(state=state)))
    assert {browser.get(page).status_code for page in PAGES} == {302}
    assert {Client().get(page).status_code for page in PAGES} == {302}


def test_asking_by_form_and_reading_the_answers(asker: Person, holder: Person) -> None:
    kept(holder)
    shared = send.form(holder, "a shared one", known="shared-value.pt")
    browser = factory.signed_in(asker)
    page = looked_up(browser, f"{VALUE}\nshared-value[.]pt\nabsent.pt\nwhat is this\n{VALUE}\n")
    text = body(page)
    assert page.status_code == 200
    for words in (
        "1 value held by others", "You asked for 3 values.", "1 organisation", "not named: ask through Hue & Cry",
        "a shared one",
        "1 line repeated a value.", "what is this", "We know no kind of value that looks like this",
    ):  # fmt: skip
        assert words in text, words
    assert f"/reports/{shared.reference}/" in text
    assert "Holder Bank" not in text.split("a shared one")[0]
    assert "absent.pt" not in text
    only = body(browser.get(page.redirect_chain[-1][0] + "?hit=seen"))
    assert VALUE not in only


def test_a_file_and_a_column_of_a_table(asker: Person, holder: Person) -> None:
    kept(holder)
    browser = factory.signed_in(asker)
    raw = f"name;where\nfirst;{VALUE}\nsecond;nothing here\n".encode()
    page = looked_up(browser, "", file=SimpleUploadedFile("t.csv", raw), column="where")
    assert "1 value held by others" in body(page)
    wrong = looked_up(browser, "", file=SimpleUploadedFile("t.csv", raw), column="absent")
    assert "there is no column “absent”; there are: name, where" in body(wrong)
    lines = looked_up(browser, "", file=SimpleUploadedFile("t.txt", f"\ufeff{VALUE}\r\n".encode()))
    assert "1 value held by others" in body(lines)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"values": ""}, "Give at least one value"),
        ({"values": "what is this"}, "line 1: what is this"),
        ({"values": "PT50000201231234567890155"}, "its check digits are wrong"),
        ({"file": b"day;iban;who\n1;x;y\n2;x;y\n"}, "which of its columns holds the values: day, iban, who"),
        ({"file": b"PK\x03\x04[Content_Types].xml xl/workbook"}, "Save the sheet as CSV"),
        ({"values": VALUE, "purpose": ""}, "This field is required"),
        ({"values": VALUE, "purpose": "statistics"}, "is not one of the available choices"),
        ({"values": VALUE, "words": " "}, "This field is required"),
        ({"values": "x\n" * 20_001}, "more than 20,000 lines"),
        ({"values": "1.2.3.4", "kind": "iban"}, "None of the lines is a value"),
    ],
)
def test_what_a_form_without_sense_says(asker: Person, given: dict[str, Any], said: str) -> None:
    if "file" in given:
        given = {"file": SimpleUploadedFile("sheet", given["file"])}
    page = factory.signed_in(asker).post("/hits/", GIVEN | given)
    assert page.status_code == 200
    assert said in body(page)
    assert "Values, one a line</label>" in body(page)  # of values and file one is needed: neither is called optional
    assert not Lookup.objects.using("owner").exists()


def test_over_the_budget_the_page_says_when_and_keeps_the_values(asker: Person) -> None:
    browser = factory.signed_in(asker)
    numbers = "\n".join(f"+35191{n * 7919:07}" for n in range(250))
    assert browser.post("/hits/", GIVEN | {"values": numbers}).status_code == 302
    page = browser.post("/hits/", GIVEN | {"values": "+351960000001"})
    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 3600
    assert "It holds this many again in" in body(page)
    assert "+351960000001" in body(page)


def test_the_export_is_filtered_and_runs_no_formula(asker: Person, holder: Person) -> None:
    kept(holder, "+351912345678")
    browser = factory.signed_in(asker)
    page = looked_up(browser, "+351912345678\n=cmd|calc\n")
    answer = browser.get(page.redirect_chain[-1][0] + "export/")
    text = body(answer)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "phone-number,'+351912345678,1 organisation" in text
    assert "'=cmd|calc" in text
    assert browser.get(page.redirect_chain[-1][0] + "export/?hit=seen").status_code == 200


def test_a_colleagues_and_a_strangers_questions(asker: Person, holder: Person) -> None:
    kept(holder)
    address = looked_up(factory.signed_in(asker), VALUE).redirect_chain[-1][0]
    chief = factory.person(asker.organisation, ("administrator",))
    page = factory.signed_in(chief).get(address)
    assert "What was learnt is not yours to see" in body(page)
    assert VALUE not in body(page)
    assert VALUE not in body(factory.signed_in(chief).get(address + "export/"))
    for person in (factory.person(asker.organisation), holder):
        assert factory.signed_in(person).get(address).status_code == 404
        assert factory.signed_in(person).get(address + "export/").status_code == 404


def test_owners_see_who_asked(asker: Person, holder: Person) -> None:
    report = kept(holder)
    looked_up(factory.signed_in(asker), VALUE)
    text = body(factory.signed_in(holder).get("/hits/ours/"))
    for words in ("Example Police", VALUE, "Investigate a crime", f"/reports/{report.reference}/"):
        assert words in text
    assert "false invoices" not in text, "the asker's own words stay with the asker"
    assert "7/26" not in text
    assert VALUE not in body(
        factory.signed_in(factory.person(holder.organisation, ("administrator",))).get("/hits/ours/?purpose=prevention")
    )


def test_a_request_from_the_answers_to_the_report(asker: Person, holder: Person) -> None:
    """The whole way by pages: look up, tick, ask, answer, read, take back."""
    report = kept(holder)
    mine, theirs = factory.signed_in(asker), factory.signed_in(holder)
    looked_up(mine, VALUE)
    ticked = str(Lookup.objects.using("owner").get().answers.using("owner").get().observable)
    form = mine.post("/requests/new/", {"choose": "1", "observable": ticked})
    assert VALUE in body(form)
    assert "false invoices" in body(form), "what was said when looking up is said again"
    assert VALUE in body(mine.post("/requests/new/", {"one": ticked, "observable": ["1", "2"]}))
    day = (actions_ask.today() + timedelta(days=3)).isoformat()
    page = mine.post("/requests/new/", GIVEN | {"observable": ticked, "answer_by": day}, follow=True)
    assert "It went to 1 owner." in body(page)
    assert "not named" in body(page)
    assert "Holder Bank" not in body(page)
    address = page.redirect_chain[-1][0]

    page = theirs.get(address)
    for words in ("Example Police asks to see what you hold", VALUE, "false invoices", "7/26", report.title):
        assert words in body(page), words
    assert "Example Police" in body(theirs.get("/requests/"))
    part = AskPart.objects.using("owner").get()
    prefix = str(part.reference)
    blank = theirs.post(f"/requests/parts/{prefix}/answer/", {})
    assert "Tick at least one report, or refuse." in body(blank)
    theirs.post(
        f"/requests/parts/{prefix}/answer/",
        {f"{prefix}-reports": [report.pk], f"{prefix}-conditions": "this case only"},
    )
    page = mine.get(address)
    for words in ("Holder Bank", "granted", "this case only", f"/reports/{report.reference}/"):
        assert words in body(page), words
    assert mine.get(f"/reports/{report.reference}/").status_code == 200
    theirs.post(f"/requests/parts/{prefix}/take-back/", {})
    assert mine.get(f"/reports/{report.reference}/").status_code == 404
    assert "taken back" in body(mine.get("/requests/?show=mine"))


def test_asking_back_by_pages(asker: Person, holder: Person) -> None:
    kept(holder)
    mine, theirs = factory.signed_in(asker), factory.signed_in(holder)
    day = actions_ask.today().isoformat()
    page = mine.post("/requests/new/", GIVEN | {"value": VALUE, "answer_by": day}, follow=True)
    address, part = page.redirect_chain[-1][0], AskPart.objects.using("owner").get().reference
    theirs.post(f"/requests/parts/{part}/question/", {"question": "Which account?"})
    assert "Which account?" in body(mine.get(address))
    assert "asked back" in body(mine.get("/requests/?show=mine"))
    mine.post(f"{address}reply/{part}/", {"reply": "The one of May"})
    assert "The one of May" in body(theirs.get(address))


def test_a_value_that_nobody_holds_has_nobody_to_ask(asker: Person) -> None:
    day = actions_ask.today().isoformat()
    page = factory.signed_in(asker).post("/requests/new/", GIVEN | {"value": VALUE, "answer_by": day})
    assert "Nobody else whom you could ask holds this value" in body(page)
    assert Lookup.objects.using("owner").count() == 1
    assert not Ask.objects.using("owner").exists()


def test_overdue_requests_come_first_and_are_marked_on_both_sides(asker: Person, holder: Person) -> None:
    mine, theirs = factory.signed_in(asker), factory.signed_in(holder)
    day = actions_ask.today().isoformat()
    for value in ("first.pt", "second.pt", "third.pt"):
        kept(holder, value)
        mine.post("/requests/new/", GIVEN | {"value": value, "answer_by": day})
    late = Ask.objects.using("owner").order_by("pk")[1]
    Ask.objects.using("owner").filter(pk=late.pk).update(answer_by=actions_ask.today() - timedelta(days=1))
    for browser, side in ((mine, "?show=mine&"), (theirs, "?")):
        text = body(browser.get(f"/requests/{side}"))
        assert text.count("overdue</span>") == 1
        assert text.index(str(late.reference)) < min(
            text.index(str(r))
            for r in Ask.objects.using("owner").exclude(pk=late.pk).values_list("reference", flat=True)
        )
        only = body(browser.get(f"/requests/{side}overdue=1"))
        assert str(late.reference) in only
        assert only.count("data-row") == 1
        assert "overdue" in body(browser.get(f"/requests/{late.reference}/"))


def test_lists_of_requests_are_paged(asker: Person, holder: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from hueandcry.exchange.hits import listing
    from hueandcry.members.viewer import viewer

    mine = factory.signed_in(asker)
    for n in range(5):
        kept(holder, f"paged-{n}.pt")
        mine.post("/requests/new/", GIVEN | {"value": f"paged-{n}.pt", "answer_by": actions_ask.today().isoformat()})
    Ask.objects.using("owner").filter(pk=Ask.objects.using("owner").earliest("pk").pk).update(
        answer_by=actions_ask.today() - timedelta(days=1)
    )
    for person, side in ((asker, "mine"), (holder, "ours")):
        seen, after = [], ""
        with viewer(factory.as_viewer(person)) as who:
            for _page in range(9):
                rows, key = listing.requests(who, side, after=after, size=2)
                seen += [row.reference for row in rows]
                if key is None:
                    break
                after = key
        assert len(seen) == len(set(seen)) == 5, side
        assert seen[0] == Ask.objects.using("owner").earliest("pk").reference


def test_requests_of_others_are_not_there(asker: Person, holder: Person) -> None:
    kept(holder)
    day = actions_ask.today().isoformat()
    factory.signed_in(asker).post("/requests/new/", GIVEN | {"value": VALUE, "answer_by": day})
    ask, part = Ask.objects.using("owner").get().reference, AskPart.objects.using("owner").get().reference
    stranger = factory.signed_in(factory.person(factory.organisation()))
    for browser in (stranger, factory.signed_in(asker)):
        for act in ("answer", "question", "take-back"):
            assert browser.post(f"/requests/parts/{part}/{act}/", {}).status_code == 404
    assert stranger.get(f"/requests/{ask}/").status_code == 404
    assert stranger.post(f"/requests/{ask}/reply/{part}/", {"reply": "x"}).status_code == 404


@pytest.mark.parametrize(
    "query", ["after=x", "after=9-9", "after=1-99999999999999999999", "state=%00", "show=other", "q=%00"]
)
def test_nonsense_in_addresses_is_no_fault(asker: Person, holder: Person, query: str) -> None:
    kept(holder)
    browser = factory.signed_in(asker)
    address = looked_up(browser, VALUE).redirect_chain[-1][0]
    for page in ("/hits/", "/hits/ours/", "/requests/", "/requests/?show=mine&", address):
        joined = page + ("" if page.endswith("&") else "?") + query
        assert browser.get(joined).status_code == 200, joined
    assert browser.get(f"/hits/ours/?question={query}").status_code == 200
    assert browser.post("/requests/new/", {"observable": ["x", "9" * 30, "-1"]}).status_code == 302


def test_the_values_of_a_report_are_offered_to_ask_for(asker: Person, holder: Person) -> None:
    """From the report's own page; of a report that one may not see nothing is offered."""
    kept(holder)
    mine = kept(asker)
    hidden = kept(holder, "unseen-value.pt")
    browser = factory.signed_in(asker)
    page = body(browser.get(f"/reports/{mine.reference}/"))
    assert f"/hits/?report={mine.reference}" in page
    assert VALUE in body(browser.get(f"/hits/?report={mine.reference}"))
    assert "unseen-value.pt" not in body(browser.get(f"/hits/?report={hidden.reference}"))
    reader = factory.person(asker.organisation, ("reader",))
    assert "An analyst of your organisation can ask" in body(
        factory.signed_in(reader).get(f"/reports/{mine.reference}/")
    )


def test_more_than_can_be_asked_for_in_a_day(asker: Person, holder: Person) -> None:
    rows = "\n".join(f"kept,2026-01-02,many-{n}.pt" for n in range(201))
    handling = Handling(tlp="AMBER", discoverability="anonymous")
    send.file(holder, f"title,date,domain\n{rows}\n".encode(), "t.csv", handling)
    browser = factory.signed_in(asker)
    looked_up(browser, "\n".join(f"many-{n}.pt" for n in range(201)))
    ticked = list(Lookup.objects.using("owner").get().answers.using("owner").values_list("observable", flat=True))
    day = actions_ask.today().isoformat()
    page = browser.post("/requests/new/", GIVEN | {"observable": ticked, "answer_by": day})
    assert "At most 200 values can be asked for in a day." in body(page)
    assert not Ask.objects.using("owner").exists()
    done = browser.post("/requests/new/", GIVEN | {"observable": ticked[:200], "answer_by": day})
    assert done.status_code == 302


def test_a_request_waits_on_the_home_page_of_who_can_answer(asker: Person, holder: Person) -> None:
    kept(holder)
    asking = factory.signed_in(asker)
    day = actions_ask.today() + timedelta(days=3)
    told = {"value": VALUE, "purpose": "investigation", "words": "false invoices", "answer_by": day.isoformat()}
    asking.post("/requests/new/", told, follow=True)
    request = Ask.objects.using("owner").get()
    home = body(factory.signed_in(holder).get("/"))
    assert "Example Police asks to see what you hold" in home
    assert f"/requests/{request.reference}/" in home
    assert "asks to see" not in body(asking.get("/"))
    assert "asks to see" not in body(factory.signed_in(factory.person(holder.organisation, ["reader"])).get("/"))


def test_a_search_that_finds_nothing_leads_to_asking_others(asker: Person) -> None:
    browser = factory.signed_in(asker)
    assert f"/hits/?value={VALUE}" in body(browser.get("/reports/", {"q": VALUE}))
    assert "/hits/?value=" not in body(browser.get("/reports/", {"q": "some words"}))
    reader = factory.signed_in(factory.person(asker.organisation, ["reader"]))
    assert "/hits/?value=" not in body(reader.get("/reports/", {"q": VALUE}))
