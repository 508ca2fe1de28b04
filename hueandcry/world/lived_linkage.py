"""What people of the demonstration alliance have done with crimes and operations: pairs judged and a review begun, a
large operation named and explained with hypotheses, notes and tasks, a case room with its invitations, threads, two
agencies that meet over it, and a link. Each by the action that its page calls; done once, where loading goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hueandcry.chain import actions as chain
from hueandcry.chain.models import Link
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.exchange.models import Report
from hueandcry.linkage.analysis import actions as hypotheses
from hueandcry.linkage.analysis import actions_note, actions_task
from hueandcry.linkage.deconfliction import actions as deconfliction
from hueandcry.linkage.deconfliction.actions import Wish
from hueandcry.linkage.forum import actions as forum
from hueandcry.linkage.forum.places import key_of_room
from hueandcry.linkage.models import (
    CrimeReport,
    Hypothesis,
    Interest,
    Note,
    Operation,
    OperationCrime,
    OperationName,
    OverlapSide,
    Post,
    Room,
    RoomOrganisation,
    Task,
    Thread,
)
from hueandcry.linkage.operations import queries as operations
from hueandcry.linkage.operations.shown import CrimeLine, Means, Wanted
from hueandcry.linkage.rooms import actions as rooms
from hueandcry.members.actions import Refused
from hueandcry.members.models import Circle
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.world import lived_judging

NAME = "Grey Heron"
CASE = "PL-2026-1204"
CIRCLE = "payments"
LOOKED_AT = 60  # operations, the first by rank
HOLDINGS, USED = 20_000, 1_000  # crimes and their values, and values, that are looked at
LEAST = 5  # crimes that each of the three sees of the one that they work on
CEILING = "AMBER"
ACTION_IN = 9  # days until the action day: urgent, so that both are told at once
MEANS = {
    "iban": "account", "bank-account": "account", "phone-number": "telephone number", "email-addr": "mail address",
    "domain-name": "domain", "url": "address of a page", "ipv4-addr": "server", "btc-address": "wallet",
    "eth-address": "wallet", "trx-address": "wallet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """The operation that they work on, as the police sees it: its values, and its crimes, weakest tie first."""

    id: int
    reference: UUID
    means: Sequence[Means]
    crimes: Sequence[CrimeLine]
    countries: int
    circle: int  # principal of the circle in which they write of it

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"/operations/{self.reference}/"

    @property
    def word(self) -> str:
        """What its most used value is."""
        return MEANS.get(self.means[0].type, "value")


def live(people: Mapping[str, Viewer]) -> None:
    """Let the bank's analyst, two police agencies and a CERT act; ``people`` are keyed by their role. Crimes and
    operations have been estimated. In a world without an operation that all of them see, judging is all there is."""
    roles = ("analyst", "police-analyst", "investigator", "integrator")
    bank, police, other, cert = (_again(people[role]) for role in roles)
    lived_judging.live(bank, police)
    case = _case(bank, police, other)
    if case is None:
        return
    _explain(case, bank, police)
    _give_tasks(case, bank, police)
    _open_room(case, police, bank, cert)
    _talk(case, bank, police, other)
    _meet(case, police, other)


def _case(bank: Viewer, police: Viewer, other: Viewer) -> _Case | None:
    """The operation named before, else the one of which the three see most crimes, one with accounts before others."""
    with viewer(police):
        circle = Circle.objects.get(slug=CIRCLE).principal_id
        named = OperationName.objects.filter(name=NAME).values_list("operation", flat=True).first()
        before = Operation.objects.filter(pk=named or 0).first()
    found = [before.reference] if before else _seen_by_all(bank, police, other)
    cases = [_look_at(police, reference, circle) for reference in found]
    return max((one for one in cases if one.means and one.crimes), key=lambda one: one.word == "account", default=None)


def _seen_by_all(*people: Viewer) -> list[UUID]:
    seen: list[dict[UUID, int]] = []
    for by in people:
        with viewer(by):
            page = operations.operations(by, Wanted(least=LEAST), most=LOOKED_AT)
        seen.append({line.reference: line.crimes for line in page.lines})
    shared = set.intersection(*(set(one) for one in seen))
    return sorted(shared, key=lambda r: (-min(one[r] for one in seen), r))[:5]


def _look_at(police: Viewer, reference: UUID, circle: int) -> _Case:
    with viewer(police):
        line = operations.operation(police, reference)
        used = operations.infrastructure(police, line.id, most=USED)
        means = sorted(used[:20], key=lambda one: (MEANS.get(one.type) != "account", -one.crimes, one.id))
        ties = _ties(operations.holdings(police, line.id, values=[one.id for one in used], most=HOLDINGS))
        found = sorted(operations.crimes(police, line.id), key=lambda one: (ties[one.id], one.id))
    return _Case(line.id, line.reference, means, found, len(line.countries), circle)


def _ties(holdings: Sequence[tuple[int, int, int]]) -> Counter[int]:
    """By crime how many of its values another crime of the operation names too."""
    pairs = {(crime, value) for crime, value, _organisation in holdings}
    named = Counter(value for _crime, value in pairs)
    return Counter(crime for crime, value in pairs if named[value] > 1)


def _explain(case: _Case, bank: Viewer, police: Viewer) -> None:
    """A name, by which the operation is found again, two hypotheses with evidence for and against, and notes."""
    with viewer(police):
        named = OperationName.objects.filter(operation=case.id, name=NAME).exists()
    if not named:
        actions_note.name(by=police, operation=case.reference, principal=case.circle, words=NAME)
    _one_group(case, police)
    _two_groups(case, bank, police)
    most = case.means[0]
    _note(
        police, case,
        f"Read the {len(case.crimes)} crimes that we see, the weakest tie first. What holds them together is the "
        f"{case.word} that {most.crimes} of them name; it was last used on {most.last}. Reports of members in "
        f"{case.countries} countries: please say here before you speak to a victim whom another member reported.",
    )  # fmt: skip
    _note(
        bank, case,
        f"We have put the {case.word}s listed under Infrastructure on our watch list. Payments to them are held for a "
        "day, and the customer is called. If you want one let through, tell us before noon.",
    )  # fmt: skip


def _one_group(case: _Case, police: Viewer) -> None:
    one = _suppose(
        police, case, "likely", "moderate",
        f"One group is behind these crimes. It uses the same {case.word}s again and again, whatever the country of the "
        "victim.",
    )  # fmt: skip
    for each in case.means[:2]:
        words = f"Used in {each.crimes} of the crimes that we see, from {each.first} to {each.last}."
        hypotheses.weigh(by=police, hypothesis=one, bearing="for", observable=each.id, words=words)
    words = "No other crime here names so many of the values that the others name."
    hypotheses.weigh(by=police, hypothesis=one, bearing="for", report=case.crimes[-1].report, words=words)
    words = "Names the fewest of the values that the others name. This may be another buyer of the same seller."
    hypotheses.weigh(by=police, hypothesis=one, bearing="against", report=case.crimes[0].report, words=words)


def _two_groups(case: _Case, bank: Viewer, police: Viewer) -> None:
    two = _suppose(
        police, case, "even", "low",
        "Two groups share one supplier: what looks like one operation is a seller and those who buy there.",
    )  # fmt: skip
    words = "Fits a buyer who works alone better than it fits the others."
    hypotheses.weigh(by=police, hypothesis=two, bearing="for", report=case.crimes[0].report, words=words)
    most = case.means[0]
    words = f"In use in {most.crimes} crimes. A seller would hardly hand out one thing so often."
    hypotheses.weigh(by=police, hypothesis=two, bearing="against", observable=most.id, words=words)
    with viewer(bank):
        seen = {one.id for one in operations.infrastructure(bank, case.id)}
    shared = next((one.id for one in case.means[1:] if one.id in seen), None)
    if shared is not None:
        words = "We see it as well. By itself it does not tell one group from two."
        hypotheses.weigh(by=bank, hypothesis=two, bearing="neither", observable=shared, words=words)


def _suppose(by: Viewer, case: _Case, likelihood: str, confidence: str, statement: str) -> UUID:
    with viewer(by):
        held = Hypothesis.objects.filter(
            operation=case.id, organisation=by.organisation or 0, statement=statement
        ).first()
    return held.reference if held else hypotheses.suppose(
        by=by, operation=case.reference, principal=case.circle, statement=statement, likelihood=likelihood,
        confidence=confidence,
    )  # fmt: skip


def _note(by: Viewer, case: _Case, words: str) -> None:
    with viewer(by):
        if Note.objects.filter(operation=case.id, organisation=by.organisation or 0, person=by.person or 0).exists():
            return
    actions_note.write(by=by, operation=case.reference, principal=case.circle, words=words)


def _give_tasks(case: _Case, bank: Viewer, police: Viewer) -> None:
    """Of the police to the bank, which is at it; to itself; and of the bank to the police, done."""
    asked = _give(
        police, case, bank.organisation, 5,
        f"Ask who opened the {case.word}s", f"Those under Infrastructure that are yours. Our case is {CASE}.",
    )  # fmt: skip
    _give(
        police, case, None, 3, "Prepare the request to the hosting provider",
        "Data are kept there for 30 days only, so this comes before everything else.",
    )  # fmt: skip
    read = _give(
        bank, case, police.organisation, 2, "Say which victims we may call",
        "We would like to warn customers who paid this month and have not noticed.",
    )  # fmt: skip
    with suppress(Refused):
        actions_task.go_on(by=bank, task=asked, state="doing", mine=True)
        actions_task.go_on(by=police, task=read, state="done")


def _give(by: Viewer, case: _Case, assignee: int | None, days: int, title: str, words: str) -> UUID:
    with viewer(by):
        held = Task.objects.filter(operation=case.id, organisation=by.organisation or 0, title=title).first()
    return held.reference if held else actions_task.give(
        by=by, operation=case.reference, principal=case.circle, title=title, words=words, assignee=assignee,
        assignee_person=None if assignee else by.person, due_on=_in(days).date(),
    )  # fmt: skip


def _in(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def _open_room(case: _Case, police: Viewer, bank: Viewer, cert: Viewer) -> None:
    """A room of the police: the bank has joined and shared a report into it, the CERT has not answered yet."""
    with viewer(police):
        held = Room.objects.filter(name=f"Case {NAME}").first()
    room = held.reference if held else rooms.open_room(
        by=police, name=f"Case {NAME}", about=case.page, ceiling=CEILING, purpose="Find who runs this group, stop the "
        f"payments that are on their way, and prepare the searches. Case {CASE} of our prosecutor's office.",
        legal_basis="Code of criminal procedure, article 15; for the bank article 6(1)(f) of Regulation (EU) 2016/679.",
    )  # fmt: skip
    police = _again(police)
    asked = (
        (bank, "You hold the accounts, we hold the telephone. Please come in with whoever deals with mules."),
        (cert, "The pages are hosted in your country. We would like to take them down on the day, not before."),
    )
    with viewer(police):
        invited = set(RoomOrganisation.objects.filter(room__reference=room).values_list("organisation", flat=True))
    for body, words in asked:
        if body.organisation not in invited:
            rooms.invite(by=police, room=room, organisation=body.organisation or 0, words=words)
    with suppress(Refused, Room.DoesNotExist):  # answered already
        rooms.answer(by=bank, room=room, accept=True)
    _share(case, _again(bank), room)
    _start(
        police, key_of_room(room), f"What we know about {NAME}", CEILING, case.page,
        "The suspect's telephone names two of the accounts. We have asked the court for the searches and expect its "
        "answer within the week. What we lack is who takes the cash out.",
        _again(bank), "Cash was taken out at three machines near the station. We keep the pictures for 60 days; send "
        "us the order and you will have them the same day.",
    )  # fmt: skip


def _again(by: Viewer) -> Viewer:
    """The same person as of now, who may have come into a room meanwhile."""
    return identify(by.person, channel=by.channel)


def _share(case: _Case, bank: Viewer, room: UUID) -> None:
    """The bank shares a report of its own into the room, one about the operation where it has one."""
    with viewer(bank):
        own = Report.objects.filter(organisation=bank.organisation, state="current", kind="incident", codes=[])
        own = own.filter(tlp__in=TLP_ORDER[: TLP_ORDER.index(CEILING) + 1]).order_by("-reported_at", "-pk")
        about = CrimeReport.objects.filter(
            crime__in=OperationCrime.objects.filter(operation=case.id).values("crime")
        ).values("report")
        one = own.filter(pk__in=about).first() or own.first()
        shared = Link.objects.filter(
            from_kind="room", from_reference=str(room), relation="shares", organisation=bank.organisation or 0
        ).exists()
    if one is not None and not shared:
        rooms.share(by=bank, room=room, report=one.reference)


def _talk(case: _Case, bank: Viewer, police: Viewer, other: Viewer) -> None:
    """A thread of law enforcement alone, one of the circle about the operation, and a link from one to the other."""
    _start(
        police, "le", "Preserving chats before the request is there", "GREEN", "",
        "A provider told us that it deletes channels 14 days after the last message. Does anybody have a contact there "
        "who takes a preservation request by mail, with the order to follow?",
        other, "We do. They took ours within a day when it named the channel and the case, and nothing else. I will "
        "send you the address; please do not pass it on.",
    )  # fmt: skip
    thread = _start(
        bank, f"circle-{CIRCLE}", f"{NAME}: payments that are still on their way", "AMBER", case.page,
        f"Three payments to {case.word}s of this operation left us since Monday. Two could be called back. Do others "
        "see the same, and do you hold payments or only call the customer?",
        police, "Please hold them where you can: a day is enough for us to reach the bank at the other end. We put "
        "what we know in the notes of the operation.",
    )  # fmt: skip
    first = str(case.crimes[-1].report)
    chain.link(
        by=police, from_=("report", first), to=("operation", str(case.reference)), relation="supports",
        audience=[case.circle],
    )  # fmt: skip
    with suppress(Refused):
        forum.tie(by=bank, thread=thread, about=f"/reports/{first}/")


def _start(
    by: Viewer, place: str, title: str, tlp: str, about: str, text: str, other: Viewer, answer: str
) -> UUID:  # fmt: skip
    """A thread that one starts and another answers."""
    with viewer(by):
        held = Thread.objects.filter(title=title, organisation=by.organisation or 0).first()
    thread = held.reference if held else forum.start(by=by, place=place, title=title, text=text, tlp=tlp, about=about)
    with viewer(other):
        answered = Post.objects.filter(thread__reference=thread, person=other.person or 0).exists()
    if not answered:
        forum.post(by=other, thread=thread, text=answer)
    return thread


def _meet(case: _Case, police: Viewer, other: Viewer) -> None:
    """Two agencies work on the same means, one of them with an action day: both are told, and one wants to talk."""
    values = tuple((one.type, one.value) for one in case.means)
    _register(police, Wish(
        title=f"Searches, {NAME}", case=CASE, operation=case.reference, values=values[:3], until=_in(120).date(),
        tells="note", contact="Marta Zielińska, by the messages here",
        note="We are about to act. Please do nothing that the suspects could notice before we have spoken.",
        action_at=_in(ACTION_IN).replace(hour=5, minute=0, second=0, microsecond=0), action_zone="Europe/Warsaw",
    ))  # fmt: skip
    _register(other, Wish(
        title="Money mules at the central station", case="LKA-26-40817", values=values[:1], until=_in(60).date(),
        tells="contact", contact="Katrin Vogel, cybercrime desk, weekdays 8 to 16",
    ))  # fmt: skip
    with viewer(other):
        side = OverlapSide.objects.filter(organisation=other.organisation or 0, closed_at=None, stand="").first()
    if side is not None:
        deconfliction.stand(by=other, side=side.reference, stand=OverlapSide.Stand.TALK)
        deconfliction.write(
            by=other, side=side.reference, words="One of our suspects holds the account that met. We listen to his "
            "telephone until the end of the month: if you search before, he is warned. Can we speak today?",
        )  # fmt: skip


def _register(by: Viewer, wish: Wish) -> None:
    with viewer(by):
        if Interest.objects.filter(organisation=by.organisation or 0, title=wish.title).exists():
            return
    deconfliction.register(by=by, wish=wish)
