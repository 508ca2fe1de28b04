"""The whole way: accredited over a finding, trained, examined, certified, checked offline; and what a revoked
accreditor takes along."""

from __future__ import annotations

import pytest

from hueandcry.academy.accreditation import actions as accrediting
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.credentials import bundles, keys, trust
from hueandcry.academy.credentials.verify import Checker
from hueandcry.academy.models import Certificate
from hueandcry.members.viewer import viewer
from tests.academy import scene

pytestmark = pytest.mark.usefixtures("database")


def test_from_accreditation_to_a_certificate_that_anybody_can_check() -> None:
    who = scene.scene()
    provider = scene.ready(who)
    scene.trained(who)
    made = scene.certified(who)
    credential = certifying.sign(by=who.learner, certificate=made)
    held = trust.read(trust.written(bundles.current()))
    found = Checker(held).credential(credential, about=who.people["learner"].email)
    assert found.valid, found.problems
    assert [link.what for link in found.chain] == ["credential", "accreditation", "root"]
    assert "Anna" not in str(credential)

    certifying.show(by=who.learner, certificate=made, named=True, public=True)
    named = certifying.sign(by=who.decider, certificate=made)
    found = Checker(held).credential(named)
    assert found.valid
    assert found.subject == {"name": "Anna Silva"}

    certifying.move_certificate(by=who.decider, certificate=made, state="suspended", reason="Complaint.")
    assert [each.code for each in Checker(bundles.current()).credential(named).problems] == ["suspended"]
    certifying.move_certificate(by=who.decider, certificate=made, state="valid", reason="Unfounded.")
    assert Checker(bundles.current()).credential(named).valid

    accrediting.move(by=who.panel, accreditation=provider, state="withdrawn", reason="Marks were sold.")
    gone = Checker(bundles.current()).credential(named)
    assert {(each.of, each.code) for each in gone.problems} == {("accreditation", "revoked")}
    assert Checker(held).credential(named).valid  # whoever holds the bundle of before learns it with the next


def test_refused_appealed_and_passed_at_the_second_attempt() -> None:
    who = scene.scene()
    scene.ready(who)
    key = scene.sat(who, right=False)
    scene.marked(who, key, percent=30)
    with pytest.raises(certifying.Refused, match="did not pass"):
        certifying.move(by=who.decider, candidacy=key, state="certified", reason="Never mind.")
    certifying.move(by=who.decider, candidacy=key, state="refused", reason="15 of 100 points.")
    certifying.move(by=who.learner, candidacy=key, state="appealed", reason="The lights went out.")
    certifying.move(by=who.office_examiner, candidacy=key, state="eligible", reason="It is so; another attempt.")
    certifying.set_paper(by=who.third, candidacy=key)
    certifying.move(by=who.third, candidacy=key, state="sitting")
    with viewer(who.learner):
        items = [row.pk for row in certifying.PaperItem.objects.filter(candidacy__reference=key, attempt=2)]
    for item in items:
        certifying.write_answer(by=who.learner, item=item, text="Better now.", choice=0)
    certifying.move(by=who.learner, candidacy=key, state="examined")
    scene.marked(who, key)
    certifying.move(by=who.decider, candidacy=key, state="certified", reason="Passed.")
    with viewer(who.learner):
        assert Certificate.objects.get(candidacy__reference=key).state == "valid"


def test_a_key_that_was_revoked_vouches_for_nothing_and_one_retired_still_does() -> None:
    who = scene.scene()
    scene.ready(who)
    made = scene.certified(who)
    credential = certifying.sign(by=who.learner, certificate=made)
    did = credential["issuer"]["id"]
    keys.end(by=who.trainer, did=did, revoked=False, reason="Yearly change.")
    keys.make(by=who.trainer)
    assert Checker(bundles.current()).credential(credential).valid
    keys.end(by=who.trainer, did=keys.make(by=factory_second(who)), revoked=True, reason="Never used.")
    assert Checker(bundles.current()).credential(credential).valid


def factory_second(who: scene.Scene) -> object:
    """Somebody else of the provider ends the key in use, so that another can be made."""
    with viewer(who.trainer):
        did = keys.SigningKey.objects.get(state="active").did
    keys.end(by=who.trainer, did=did, revoked=False, reason="Changed.")
    return who.trainer
