"""Writes of the forum. Row-level security decides once more who may (linkage/migrations/0007_forum.sql)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.chain import actions as chain
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean
from hueandcry.linkage import things
from hueandcry.linkage.forum import files as keeping
from hueandcry.linkage.forum import places
from hueandcry.linkage.forum.files import File
from hueandcry.linkage.models import Attachment, Post, PostRevision, Reading, Room, RoomPerson, Thread
from hueandcry.linkage.rooms.actions import note
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

ROLES = ("analyst", "administrator")
LONGEST = 50_000  # characters of a post
LONGEST_TITLE = 200


def start(
    *, by: Viewer, place: str, title: str, text: str, tlp: str, about: str = "", files: Sequence[File] = ()
) -> UUID:
    """Open a thread in a place (a key of ``places.places``) with its first post; ``about`` is the address of a page of
    ours, or a value. Gives its reference. In a room its people are told. Raises Refused."""
    called = " ".join(clean(title, 2 * LONGEST_TITLE).split())[:LONGEST_TITLE]
    if not called:
        raise Refused(_("A thread needs a title."))
    if tlp not in TLP_ORDER:
        raise Refused(_("Say how far this may travel: choose its TLP."))
    _require_writer(by)
    with viewer(by):
        where = places.place(by, place)
        if where is None:
            raise Refused(_("Choose a group that you are in."))
        if where.room is not None and TLP_ORDER.index(tlp) > TLP_ORDER.index(where.room.ceiling):
            said = _("Into this room comes nothing stricter than TLP:%(ceiling)s.")
            raise Refused(said % {"ceiling": where.room.ceiling})
        thing = things.pointed_at(by, about) if about.strip() else None
        if about.strip() and thing is None:
            raise Refused(_("There is nothing at this address that you may see. Copy it from the page itself."))
        made = Thread.objects.create(
            scope=where.scope, principal=where.principal, audience=intern([where.principal]),
            room=where.room.pk if where.room else None, title=called, tlp=tlp, organisation=by.organisation or 0,
            person=by.person or 0,
        )  # fmt: skip
        audit.record(by=by, verb="open", kind="thread", thing=made.pk, detail={"scope": where.scope, "tlp": tlp})
        if thing is not None:
            _tie(by, made, thing)
        _say(by, made, text, files, where.room)
        if where.room is not None:
            people = RoomPerson.objects.filter(room=where.room, left_at=None).exclude(person=by.person or 0)
            _tell(_("A new thread in a case room of yours"), made, list(people.values_list("person", flat=True)))
    return made.reference


def _require_writer(by: Viewer) -> None:
    if not (by.vetted and by.person and by.organisation and by.may(*ROLES)):
        raise Refused(_("Analysts and administrators of members in good standing write here."))


def _tie(by: Viewer, thread: Thread, thing: tuple[str, str]) -> None:
    chain.link_within(
        by=by, from_=("thread", str(thread.reference)), to=thing, relation="about", audience=[thread.principal]
    )


def tie(*, by: Viewer, thread: UUID, about: str) -> None:
    """Say that a thread is about one more thing. Raises Thread.DoesNotExist, Refused."""
    _require_writer(by)
    with viewer(by):
        found = _open(thread)
        thing = things.pointed_at(by, about)
        if thing is None or thing == ("thread", str(thread)):
            raise Refused(_("There is nothing at this address that you may see. Copy it from the page itself."))
        _tie(by, found, thing)


def _open(reference: UUID) -> Thread:
    found = Thread.objects.get(reference=reference)
    if found.closed_at is not None:
        raise Refused(_("The thread is closed. What it says can be read."))
    return found


def post(*, by: Viewer, thread: UUID, text: str, files: Sequence[File] = ()) -> UUID:
    """Say something in a thread; gives the post's reference. Who follows it is told, and who is called by name.

    Raises Thread.DoesNotExist, Refused.
    """
    _require_writer(by)
    with viewer(by):
        found = _open(thread)
        room = Room.objects.filter(pk=found.room).first() if found.room else None
        return _say(by, found, text, files, room).reference


def _say(by: Viewer, thread: Thread, text: str, files: Sequence[File], room: Room | None) -> Post:
    words = _words(text)
    if not words and not files:
        raise Refused(_("Write something first."))
    if len(files) > keeping.MOST:
        raise Refused(_("At most %(most)s files go with one post.") % {"most": keeping.MOST})
    made = Post.objects.create(
        thread=thread, audience=thread.audience, organisation=by.organisation or 0, person=by.person or 0, text=words
    )
    for each in files:
        keeping.keep(by, each, audience=thread.audience, post=made, room=room)
    Reading.objects.update_or_create(
        thread=thread, person=by.person or 0, defaults={"following": True, "post": made.pk}
    )
    audit.record(by=by, verb="post", kind="post", thing=made.pk, detail={"thread": thread.pk, "files": len(files)})
    _tell_of(by, thread, words, first=thread.posts == 0)
    return made


def _words(text: str) -> str:
    return clean(text.replace("\r\n", "\n"), LONGEST).strip()


def _tell_of(by: Viewer, thread: Thread, words: str, *, first: bool) -> None:
    """Tell who is called by name, and of an answer who follows. Nobody is told who may not see it."""
    bodies, people = places.called(words, places.company(by, thread))
    people.discard(by.person or 0)
    if thread.scope == Thread.Scope.ROOM:  # in a room only those named in it see anything
        held = RoomPerson.objects.filter(room=thread.room or 0, left_at=None, organisation__in=bodies)
        people |= set(held.values_list("person", flat=True)) - {by.person or 0}
        bodies = set()
    people = set(_ids("hueandcry_thread_seers(%s, %s::bigint[])", thread.pk, sorted(people)))
    if people or bodies:
        _tell(_("%(who)s calls you in a thread") % {"who": by.name}, thread, people, bodies)
    if not first:
        followers = set(_ids("hueandcry_thread_followers(%s)", thread.pk)) - people
        _tell(_("A new post in a thread that you follow"), thread, followers)


def _ids(call: str, *given: int | list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {call}", list(given))  # noqa: S608  one of two fixed calls
        return [int(row[0]) for row in cursor.fetchall()]


def _tell(
    title: str, thread: Thread, people: Sequence[int] | set[int], organisations: Sequence[int] | set[int] = ()
) -> None:
    """Tell without the thread's title: a letter goes outside."""
    if people or organisations:
        link = reverse("linkage:thread", args=[thread.reference])
        tell(kind="thread", title=title, link=link, people=people, organisations=organisations, roles=ROLES)


def edit(*, by: Viewer, post: UUID, text: str) -> None:
    """Change one's own post; what it said before stays beside it. Raises Post.DoesNotExist, Refused."""
    _require_writer(by)
    words = _words(text)
    if not words:
        raise Refused(_("Write something, or withdraw the post."))
    with viewer(by):
        found = Post.objects.select_related("thread").get(reference=post, person=by.person or 0)
        if found.withdrawn_at is not None or found.thread.closed_at is not None:
            raise Refused(_("A post that is withdrawn, or in a closed thread, stays as it is."))
        found = Post.objects.select_for_update().get(pk=found.pk)  # twice at once: the second sees what the first wrote
        if found.text == words:
            return
        PostRevision.objects.create(post=found, audience=found.audience, person=by.person or 0, before=found.text)
        found.text, found.edited_at = words, datetime.now(UTC)
        found.save(update_fields=["text", "edited_at"])
        audit.record(by=by, verb="edit", kind="post", thing=found.pk)


def withdraw(*, by: Viewer, post: UUID) -> None:
    """Withdraw one's own post, or (who leads the room) anybody's there: its words, what it said before and its files
    are gone for good; that there was one stays. Raises Post.DoesNotExist, Refused."""
    _require_writer(by)
    with viewer(by):
        found = Post.objects.select_related("thread").get(reference=post)
        if found.person != by.person and not leads(by, found.thread):
            raise Refused(_("Who wrote it can withdraw it; in a case room, a lead as well."))
        locked = Post.objects.select_for_update().filter(pk=found.pk).first()
        if found.withdrawn_at is not None or locked is None:
            raise Refused(_("It is withdrawn already."))
        PostRevision.objects.filter(post=found).delete()
        for each in Attachment.objects.filter(post=found, erased_at=None):
            keeping.erase(by, each)
        locked.text, locked.withdrawn_at = "", datetime.now(UTC)
        locked.save(update_fields=["text", "withdrawn_at"])
        audit.record(by=by, verb="withdraw", kind="post", thing=found.pk)


def leads(by: Viewer, thread: Thread) -> bool:
    """Whether the viewer leads the room that the thread is in."""
    if thread.room is None:
        return False
    held = RoomPerson.objects.filter(room=thread.room, person=by.person or 0, left_at=None, role=RoomPerson.Role.LEAD)
    return held.exists()


def may_keep(by: Viewer, thread: Thread) -> bool:
    """Whether the viewer pins and closes a thread: its organisation's analysts, and who leads the room."""
    own = thread.organisation == by.organisation or leads(by, thread)
    return own and by.vetted and by.may(*ROLES)


def set_pinned(*, by: Viewer, thread: UUID, pinned: bool) -> None:
    """Keep a thread on top of the list, or no more. Raises Thread.DoesNotExist, Refused."""
    _set(by, thread, "pin" if pinned else "unpin", pinned=pinned)


def set_closed(*, by: Viewer, thread: UUID, closed: bool) -> None:
    """Close a thread, or open it again where its room is open. Raises Thread.DoesNotExist, Refused."""
    _set(by, thread, "close" if closed else "reopen", closed_at=datetime.now(UTC) if closed else None)


def _set(by: Viewer, thread: UUID, verb: str, **change: object) -> None:
    with viewer(by):
        found = Thread.objects.get(reference=thread)
        if not may_keep(by, found):
            raise Refused(_("The organisation that opened the thread does that; in a case room, a lead as well."))
        if found.room and Room.objects.filter(pk=found.room, closed_at__isnull=False).exists():
            raise Refused(_("The room is closed: it is there to be read."))
        Thread.objects.filter(pk=found.pk).update(**change)
        audit.record(by=by, verb=verb, kind="thread", thing=found.pk)


def follow(*, by: Viewer, thread: UUID, following: bool) -> None:
    """Be told of new posts, or no more. Raises Thread.DoesNotExist."""
    with viewer(by):
        found = Thread.objects.get(reference=thread)
        Reading.objects.update_or_create(thread=found, person=by.person or 0, defaults={"following": following})
        audit.record(by=by, verb="follow" if following else "unfollow", kind="thread", thing=found.pk)


def add_file(*, by: Viewer, room: UUID, file: File) -> UUID:
    """Put a file into a room, on no post. Raises Room.DoesNotExist, Refused."""
    _require_writer(by)
    with viewer(by):
        found = Room.objects.get(reference=room, record__in=by.principals)
        if found.closed_at is not None:
            raise Refused(_("The room is closed: it is there to be read."))
        made = keeping.keep(by, file, audience=found.audience, room=found)
        note(by, found, "added a file")
        return made.reference


def erase_file(*, by: Viewer, attachment: UUID) -> Attachment:
    """Erase a file: of one's own organisation, or (who leads the room) any there. Raises Attachment.DoesNotExist,
    Refused."""
    _require_writer(by)
    with viewer(by):
        found = Attachment.objects.select_related("post__thread").get(reference=attachment)
        led = (
            found.room is not None
            and RoomPerson.objects.filter(
                room=found.room, person=by.person or 0, left_at=None, role=RoomPerson.Role.LEAD
            ).exists()
        )
        if found.organisation != by.organisation and not led:
            raise Refused(_("The organisation that sent it can erase it; in a case room, a lead as well."))
        if found.erased_at is not None:
            raise Refused(_("It is erased already."))
        keeping.erase(by, found)
        room = Room.objects.filter(pk=found.room).first() if found.room else None
        if room is not None:
            note(by, room, "erased a file")
        return found
