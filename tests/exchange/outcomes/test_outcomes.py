"""What came of a report: said by police and CERTs, seen by whoever may see the report, told to its owner."""

import pytest

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Outcome, Report
from hueandcry.exchange.outcomes import actions, queries
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


def test_police_say_it_and_the_owner_is_told_and_reads_it(bank: Person, police: Person) -> None:
    report = send.form(bank, "A false invoice")
    client = factory.signed_in(police)
    assert b"Say what came of it" in client.get(f"/reports/{report.reference}/").content
    address = f"/reports/{report.reference}/outcome/"
    assert b"A false invoice" in client.get(address).content
    assert client.post(address, {"words": "x"}).status_code == 422
    client.post(address, {"kind": "arrested", "words": "Two people in <b>Porto</b>."})
    told = Notice.objects.using("owner").get()
    assert (told.person, told.kind, told.title) == (
        bank.pk, "outcome", "Example Police says what came of one of your reports",
    )  # fmt: skip
    page = factory.signed_in(bank).get(told.link).content.decode()
    assert "somebody was arrested" in page and "Example Police" in page
    assert "Two people in &lt;b&gt;Porto" in page
    assert "Say what came of it" not in page and "Take back" not in page
    one = Outcome.objects.using("owner").get()
    assert factory.signed_in(bank).post(f"/outcomes/{one.reference}/take-back/").status_code == 404
    client.post(f"/outcomes/{one.reference}/take-back/")
    assert Outcome.objects.using("owner").count() == 0


def test_who_is_neither_police_nor_cert_says_nothing(bank: Person, police: Person) -> None:
    other = factory.person(factory.organisation("Other Bank"))
    reader = factory.person(police.organisation, ["reader"])
    report = send.form(bank, "A false invoice")
    for person in (other, reader):
        client = factory.signed_in(person)
        assert client.get(f"/reports/{report.reference}/outcome/").status_code == 403
        assert client.post(f"/reports/{report.reference}/outcome/", {"kind": "opened"}).status_code == 403
        with pytest.raises(Refused):
            actions.say(by=factory.as_viewer(person), report=report.reference, kind="opened")
    assert Outcome.objects.using("owner").count() == 0


def test_what_may_not_be_seen_has_no_outcome(bank: Person, police: Person) -> None:
    report = send.form(bank, "Hidden", handling=Handling(tlp="AMBER+STRICT", recipients=()))
    client = factory.signed_in(police)
    assert client.get(f"/reports/{report.reference}/outcome/").status_code == 404
    with pytest.raises(Report.DoesNotExist):
        actions.say(by=factory.as_viewer(police), report=report.reference, kind="opened")
    Outcome.objects.using("owner").create(
        report=report, organisation=police.organisation_id or 0, person=police.pk, kind="opened"
    )
    with viewer(factory.as_viewer(police)) as who:
        assert queries.of(who, report.pk) == []
    with viewer(factory.as_viewer(bank)) as who:
        assert len(queries.of(who, report.pk)) == 1


def test_of_a_report_for_one_person_that_person_alone_is_told(bank: Person, police: Person) -> None:
    factory.person(bank.organisation)
    report = send.form(bank, "For your eyes", handling=Handling(tlp="RED", recipients=(police.principal_id,)))
    actions.say(by=factory.as_viewer(police), report=report.reference, kind="opened")
    assert list(Notice.objects.using("owner").values_list("person", flat=True)) == [bank.pk]
