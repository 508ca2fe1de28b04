"""What waits for somebody on the home page: one short list out of what every desk knows, by role.

Each item names one thing and leads to it, or counts a list and leads to that list. The caller has entered the viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.academy import workbench
from hueandcry.audit import queries as audit
from hueandcry.exchange import queries as exchange
from hueandcry.exchange.actions import SUBMITTERS
from hueandcry.exchange.hits import queries as asks
from hueandcry.exchange.models import Report, Submission
from hueandcry.exchange.models.hit import AskPart
from hueandcry.exchange.recall import queries as news
from hueandcry.linkage.analysis import queries as analysis
from hueandcry.linkage.deconfliction import actions as agencies
from hueandcry.linkage.deconfliction import queries as meetings
from hueandcry.linkage.rooms import actions as rooms
from hueandcry.linkage.rooms import queries as offered
from hueandcry.members import queries as members
from hueandcry.members.actions import AGREEMENT
from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import Viewer
from hueandcry.web.numbers import grouped

DAYS = 14  # how far back a hit or a faulty file still waits, and how far ahead an end is told
LATEST = 20  # own reports that are looked at for others'
NEAR = timedelta(days=3)  # a task due within so many is urgent
MOST = 3  # things of one kind told one by one

Item = dict[str, Any]


def waiting(viewer: Viewer, body: Organisation) -> list[Item]:
    """What waits for this viewer, the most pressing first."""
    items = [item for roles, tell in TELLERS if viewer.may(*roles) for item in tell(viewer, body)]
    return sorted(items, key=lambda item: (not item.get("urgent"), item.get("due") or date.max))


def hits(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Reports of one's organisation, of the last two weeks, whose values others reported too."""
    since = datetime.now(UTC) - timedelta(days=DAYS)
    own = Report.objects.filter(organisation=body.pk, state=Report.State.CURRENT, created_at__gte=since)
    latest = {r.pk: r for r in own.only("id", "reference", "title").order_by("-pk")[:LATEST]}
    others = exchange.reported_too(viewer, list(latest))
    for pk in list(others)[:MOST]:  # the best linked first
        n = others[pk]
        detail = ngettext(
            "It shares a telling value with %(count)s report of another organisation.",
            "It shares telling values with %(count)s reports of other organisations.",
            n,
        ) % {"count": grouped(n)}
        url = reverse("linkage:report", args=[latest[pk].reference])
        yield _item(_("Others reported this too: %(title)s"), latest[pk].title, detail, url, "bell", urgent=True)


def requests(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """What others ask to see of one's organisation and nobody has answered, the earliest day first."""
    asked = asks.parts_to_us(viewer).filter(state=AskPart.State.OPEN).order_by("ask__answer_by", "pk")[:MOST]
    names = members.organisation_names(viewer, [part.ask.organisation for part in asked])
    for part in asked:
        detail = _("Answer by %(day)s.") % {"day": formats.date_format(part.ask.answer_by, "j N Y", use_l10n=False)}
        url = reverse("exchange:request", args=[part.ask.reference])
        who = names.get(part.ask.organisation) or _("A member")
        yield _item(
            _("%(title)s asks to see what you hold"), who, detail, url, "hand-stop", urgent=True, due=part.ask.answer_by
        )


def recalls(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """What was withdrawn, corrected or restricted after one's organisation took it, and nobody has acted on."""
    told, _more = news.recalls(viewer, side="theirs", state="open", today=_today(), size=MOST)
    for one in told:
        detail = _("Act by %(day)s.") % {"day": formats.date_format(one.recall.due_on, "j N Y", use_l10n=False)}
        url = reverse("exchange:recall", args=[one.recall.reference])
        yield _item(
            _("A report that you took has changed: %(title)s"),
            one.title or _("no longer shown to you"),
            detail,
            url,
            "rotate",
            urgent=True,
            due=one.recall.due_on,
        )


def overlaps(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Other agencies at what one's agency works on, to whom it has said nothing yet or who wrote last."""
    for one in meetings.unanswered(viewer)[:MOST]:
        detail = _("They wrote to you.") if one.side.stand else _("Say whether you go on or talk first.")
        near = one.side.urgent_at is not None
        if near:
            detail = _("Before an action day.") + " " + detail
        url = reverse("linkage:overlap", args=[one.side.reference])
        yield _item(
            _("Another agency is at what you work on: %(title)s"),
            one.title,
            detail,
            url,
            "git-merge",
            urgent=True,
            due=_today() if near else None,
        )


def room_invitations(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Case rooms that one's organisation is asked into and nobody has answered, the earliest day first."""
    for one in sorted(offered.offers(viewer), key=lambda offer: offer.part.expires_at)[:MOST]:
        day = one.part.expires_at.astimezone(UTC).date()
        detail = _("%(who)s asks you in. Answer by %(day)s.") % {
            "who": one.asker or _("A member"),
            "day": formats.date_format(day, "j N Y", use_l10n=False),
        }
        url = reverse("linkage:room", args=[one.room.reference])
        yield _item(
            _("You are asked into a case room: %(title)s"),
            one.room.name,
            detail,
            url,
            "users-group",
            urgent=True,
            due=day,
        )


def tasks(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Tasks about operations that are this person's, or of the organisation and nobody's by name: due soon, or over."""
    today = _today()
    for task in analysis.due_tasks(viewer, by=today + timedelta(days=DAYS))[:MOST]:
        detail = ""
        if task.due_on:
            words = _("It was due on %(day)s.") if task.due_on < today else _("Due on %(day)s.")
            detail = words % {"day": formats.date_format(task.due_on, "j N Y", use_l10n=False)}
        url = reverse("linkage:task", args=[task.reference])
        urgent = task.due_on is not None and task.due_on <= today + NEAR
        yield _item(_("To do: %(title)s"), task.title, detail, url, "checklist", urgent=urgent, due=task.due_on)


def joined_operations(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Operations that one's organisation wrote about and that became part of another in the last two weeks."""
    for reference in analysis.joined(viewer, since=datetime.now(UTC) - timedelta(days=DAYS))[:MOST]:
        yield {
            "text": _("An operation that you wrote about is now part of a larger one"),
            "detail": _("What you wrote stands there, with what others at your tables wrote."),
            "url": reverse("linkage:operation", args=[reference]),
            "icon": "git-merge",
        }


def faulty_files(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Files of the last two weeks that could not be read, or of which something was refused."""
    since = datetime.now(UTC) - timedelta(days=DAYS)
    bad = Q(state__in=(Submission.State.UNREADABLE, Submission.State.FAILED)) | Q(refused__gt=0)
    found = Submission.objects.filter(bad, organisation=body.pk, received_at__gte=since).exclude(state="erased")
    for one in found.order_by("-pk")[:MOST]:
        if one.state in (Submission.State.UNREADABLE, Submission.State.FAILED):
            detail = _("Nothing of it was stored; the file itself is kept.") if not one.stored else one.reason
        else:
            detail = _("%(stored)s stored, %(refused)s refused") % {
                "stored": grouped(one.stored),
                "refused": grouped(one.refused),
            }
        url = reverse("exchange:submission", args=[one.reference])
        yield _item(_("Your file needs a look: %(title)s"), one.filename or _("typed in"), detail, url, "file-text")


def reviews(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Reports whose review date is here, or nearly."""
    soon = _today() + timedelta(days=7)
    due = Report.objects.filter(organisation=body.pk, state=Report.State.CURRENT, review_on__lte=soon)
    for one in due.only("id", "reference", "title", "review_on").order_by("review_on", "pk")[:MOST]:
        day = formats.date_format(one.review_on, "j N Y", use_l10n=False) if one.review_on else ""
        url = reverse("linkage:report", args=[one.reference])
        detail = _("Keep, correct or withdraw it by %(day)s.") % {"day": day}
        yield _item(_("To be reviewed: %(title)s"), one.title, detail, url, "calendar")


def office_work(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Applicants, and invitations into the office that nobody has taken up."""
    if not members.works_in_office(viewer):
        return
    applicants = members.directory(viewer, states=[Organisation.State.APPLICANT]).count()
    if applicants:
        text = ngettext("%(count)s organisation has applied", "%(count)s organisations have applied", applicants)
        url = reverse("members:organisations") + "?state=applicant"
        yield {"text": text % {"count": applicants}, "url": url, "icon": "building", "urgent": True}


def open_invitations(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """Invitations into one's own organisation that nobody has taken up."""
    invited = len(members.invitations(viewer, body.pk))
    if invited:
        text = ngettext("%(count)s invitation is open", "%(count)s invitations are open", invited)
        url = reverse("members:people", args=[body.slug])
        yield {"text": text % {"count": invited}, "url": url, "icon": "mail"}


def record(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """The state of the audit record, and what was done yesterday."""
    chain = audit.chain_state()
    yesterday = _today() - timedelta(days=1)
    acts = audit.acts(audit.Wanted(since=yesterday, until=yesterday)).count()
    late = chain.unsealed and datetime.now(UTC) - chain.at > timedelta(minutes=10)
    yield {
        "text": _("Audit record: %(sealed)s acts sealed, %(open)s not yet")
        % {"sealed": grouped(chain.sealed), "open": grouped(chain.unsealed)},
        "detail": _("The sealer has been still for over ten minutes.") if late else "",
        "url": reverse("members:audit"),
        "icon": "shield-check",
        "urgent": bool(late),
    }
    text = ngettext("%(count)s act was recorded yesterday", "%(count)s acts were recorded yesterday", acts)
    url = reverse("members:audit") + f"?since={yesterday}&until={yesterday}"
    yield {"text": text % {"count": grouped(acts)}, "url": url, "icon": "clipboard-list"}


def agreement(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """The alliance's agreement, where this organisation has not accepted its version."""
    if not any(one.version == AGREEMENT for one in members.agreements(viewer, body.pk)):
        text = _("The alliance's agreement %(version)s is not accepted yet") % {"version": AGREEMENT}
        url = reverse("members:agreement")
        yield {"text": text, "url": url, "icon": "file-text", "urgent": True, "act": _("Read it")}


def second_factors(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """People who sign in with a password alone."""
    second = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    without = members.people(viewer, body.pk, active=True).filter(~Exists(second))
    listed = list(without.order_by("name", "email").values_list("name", "email")[: MOST + 1])
    if listed:
        named = ", ".join(name or email for name, email in listed[:MOST])
        detail = _("%(names)s and others") % {"names": named} if len(listed) > MOST else named
        url = reverse("members:people", args=[body.slug])
        yield {"text": _("People without a second factor"), "detail": detail, "url": url, "icon": "shield-lock"}


def ending_tokens(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """One's own tokens that end soon."""
    now = datetime.now(UTC)
    ending = members.tokens(viewer).filter(
        revoked_at=None, expires_at__gt=now, expires_at__lt=now + timedelta(days=DAYS)
    )
    for token in ending.order_by("expires_at")[:MOST]:
        day = formats.date_format(token.expires_at, "j N Y", use_l10n=False)
        url = reverse("members:tokens") + "?state=good"
        yield _item(_("Your token ends soon: %(title)s"), token.name, _("on %(day)s") % {"day": day}, url, "key")


def academy(viewer: Viewer, body: Organisation) -> Iterator[Item]:
    """What waits in the academy: a line for each list of the workbench, which leads to it."""
    for each in workbench.waiting(viewer):
        one = each.rows[0]
        detail = one.title if len(each.rows) == 1 else _("%(n)s of them") % {"n": grouped(len(each.rows))}
        url = one.url if len(each.rows) == 1 else f"{reverse('academy:workbench')}#{each.key}"
        urgent = each.key in ("sit", "correct", "appeals")
        yield _item("%(title)s", each.title, detail, url, "school", urgent=urgent)


def _item(
    text: str, title: str, detail: str, url: str, icon: str, *, urgent: bool = False, due: date | None = None
) -> Item:
    told = text % {"title": title}
    return {"text": told, "detail": detail, "url": url, "icon": icon, "urgent": urgent, "due": due}


def _today() -> date:
    return datetime.now(UTC).date()


Teller = Callable[[Viewer, Organisation], Iterator[Item]]
# Which roles each list is for: this is the order of the page, but that urgent things stand first, of these the earliest
# day by which something is due.
TELLERS: tuple[tuple[tuple[str, ...], Teller], ...] = (
    (agencies.ROLES, overlaps),
    (("analyst", "reporter"), hits),
    (SUBMITTERS, requests),
    (rooms.ROLES, room_invitations),
    (("analyst",), recalls),
    (("analyst",), tasks),
    (("analyst",), joined_operations),
    (SUBMITTERS, faulty_files),
    (("analyst",), reviews),
    (("secretary", "administrator"), office_work),
    (("administrator",), agreement),
    (("administrator",), second_factors),
    (("administrator", "secretary"), open_invitations),
    (SUBMITTERS, ending_tokens),
    (tuple(Person.Role.values), academy),
    (("dpo",), record),
)
