"""Reads of the forum. The caller has entered the viewer; row-level security decides which threads there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from hueandcry.linkage.forum import places
from hueandcry.linkage.models import Attachment, Post, PostRevision, Reading, Thread
from hueandcry.linkage.rooms.queries import names_of
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer

PAGE = 50  # posts
FOUND = 200  # posts and titles that a search brings at most


def threads(
    viewer: Viewer,
    *,
    place: str = "",
    closed: bool | None = None,
    unread: bool = False,
    following: bool = False,
    room: int | None = None,
) -> QuerySet[Thread]:
    """The threads that the viewer sees, narrowed; each with ``read`` (the last post read) and ``followed``."""
    mine = Reading.objects.filter(thread=OuterRef("pk"), person=viewer.person or 0)
    found = Thread.objects.annotate(
        read=Coalesce(Subquery(mine.values("post")[:1]), 0), followed=Exists(mine.filter(following=True))
    )
    if place:
        where = next((p for p in places.places(viewer, to_write=False) if p.key == place), None)
        found = found.filter(principal=where.principal if where else 0)
    if room is not None:
        found = found.filter(room=room)
    if closed is not None:
        found = found.filter(closed_at__isnull=not closed)
    if unread:
        found = found.filter(last_post__gt=F("read"))
    return found.filter(followed=True) if following else found


@dataclass(frozen=True, slots=True)
class Line:
    """A thread as a list shows it."""

    thread: Thread
    where: str
    who: str
    unread: bool
    hit: UUID | None = None  # the post that a search found


def lines(viewer: Viewer, found: Iterable[Thread], hits: dict[int, UUID] | None = None) -> list[Line]:
    """Threads with the names of their places and of the organisations that opened them."""
    listed = list(found)
    named, bodies = places.names(viewer), organisation_names(viewer, [t.organisation for t in listed])
    return [
        Line(
            t,
            named.get(t.principal, ""),
            bodies.get(t.organisation, ""),
            t.last_post > getattr(t, "read", 0),  # annotated by threads()
            (hits or {}).get(t.pk),
        )
        for t in listed
    ]


def search(viewer: Viewer, words: str, narrowed: QuerySet[Thread]) -> list[Line]:
    """The threads whose title or posts have these words, best first, each with the post that fits best."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT thread, post FROM hueandcry_forum_search(%s, %s)", [words, FOUND])
        rows = cursor.fetchall()
    best: dict[int, int] = {}
    for thread, post in rows:
        if not best.get(thread):
            best[thread] = post
    found = {t.pk: t for t in narrowed.filter(pk__in=list(best))}
    posts = dict(Post.objects.filter(pk__in=[p for p in best.values() if p]).values_list("thread", "reference"))
    return lines(viewer, [found[pk] for pk in best if pk in found], posts)


def thread(viewer: Viewer, reference: UUID) -> Thread:
    """One thread. Raises Thread.DoesNotExist alike where there is none and where the viewer may not see it."""
    return Thread.objects.get(reference=reference)


def reading(viewer: Viewer, thread: Thread) -> Reading:
    """How far the viewer has read a thread; nothing of it where they have not opened it."""
    return Reading.objects.filter(thread=thread, person=viewer.person or 0).first() or Reading(
        thread=thread, person=viewer.person or 0
    )


def mark_read(viewer: Viewer, thread: Thread, post: int) -> None:
    """Remember that the viewer has read up to this post. Theirs alone, so no act of the record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO linkage_reading (thread_id, person, post, following) VALUES (%s, %s, %s, false)"
            " ON CONFLICT (thread_id, person) DO UPDATE SET post = excluded.post"
            " WHERE linkage_reading.post < excluded.post",
            [thread.pk, viewer.person, post],
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A post with who wrote it, its files and what it said before."""

    post: Post
    name: str
    body: str
    own: bool
    new: bool
    files: list[Attachment]
    before: list[PostRevision]


@dataclass(frozen=True, slots=True)
class Posts:
    """One page of a thread, and the posts after and before which its neighbours stand; None: there are none."""

    rows: list[Said]
    next: UUID | None
    previous: UUID | None


def posts(
    viewer: Viewer, thread: Thread, *, after: UUID | None = None, before: UUID | None = None, read: int = 0
) -> Posts:
    """A page of a thread by key. With neither key: from its beginning where it is short or nothing was read yet, else
    what was not read with some of what was, or the latest."""
    rows = Post.objects.filter(thread=thread).order_by("pk")
    start = _place(thread, after)
    end = _place(thread, before)
    if start is not None:
        found = list(rows.filter(pk__gt=start)[: PAGE + 1])
        return _page(viewer, found[:PAGE], read, more=len(found) > PAGE, back=True)
    if end is None and (thread.posts <= PAGE or not read):
        found = list(rows[: PAGE + 1])
        return _page(viewer, found[:PAGE], read, more=len(found) > PAGE, back=False)
    if end is None:
        first = rows.filter(pk__gt=read).values_list("pk", flat=True)[PAGE // 2 : PAGE // 2 + 1].first()
        end = first if first is not None else thread.last_post + 1
    found = list(rows.filter(pk__lt=end).order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE][::-1]
    more = bool(shown) and shown[-1].pk < thread.last_post
    return _page(viewer, shown, read, more=more, back=len(found) > PAGE)


def _place(thread: Thread, reference: UUID | None) -> int | None:
    if reference is None:
        return None
    return Post.objects.filter(thread=thread, reference=reference).values_list("pk", flat=True).first()


def _page(viewer: Viewer, rows: Sequence[Post], read: int, *, more: bool, back: bool) -> Posts:
    said = told(viewer, rows, read)
    return Posts(said, rows[-1].reference if rows and more else None, rows[0].reference if rows and back else None)


def told(viewer: Viewer, rows: Sequence[Post], read: int = 0) -> list[Said]:
    """Posts with names, files and earlier words. Whoever writes in a thread shows themselves by name to its readers."""
    ids = [p.pk for p in rows]
    names, bodies = names_of(p.person for p in rows), organisation_names(viewer, [p.organisation for p in rows])
    files = _by_post(Attachment.objects.filter(post__in=ids).order_by("pk"))
    before = _by_post(PostRevision.objects.filter(post__in=ids).order_by("-pk"))
    return [
        Said(
            p,
            names.get(p.person, ""),
            bodies.get(p.organisation, ""),
            p.person == viewer.person,
            p.pk > read,
            files.get(p.pk, []),
            before.get(p.pk, []),
        )
        for p in rows
    ]


def _by_post(rows: Iterable[Any]) -> dict[int, list[Any]]:
    held: dict[int, list[Any]] = {}
    for row in rows:
        held.setdefault(row.post_id, []).append(row)
    return held


def all_posts(viewer: Viewer, thread: Thread, *, most: int) -> list[Said]:
    """The posts of a thread from its beginning, for an export."""
    return told(viewer, list(Post.objects.filter(thread=thread).order_by("pk")[:most]))


def post(viewer: Viewer, reference: UUID) -> Post:
    """One post with its thread. Raises Post.DoesNotExist."""
    return Post.objects.select_related("thread").get(reference=reference)


def before(viewer: Viewer, post: Post) -> UUID | None:
    """The post before this one in its thread, after which a page of it begins."""
    earlier = Post.objects.filter(thread=post.thread, pk__lt=post.pk).order_by("-pk")
    return earlier.values_list("reference", flat=True).first()


def attachment(viewer: Viewer, reference: UUID) -> Attachment:
    """One file, without its bytes. Raises Attachment.DoesNotExist."""
    return Attachment.objects.select_related("post__thread").get(reference=reference)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of a room with who sent it."""

    file: Attachment
    name: str
    body: str


def files_of_room(viewer: Viewer, room: int) -> QuerySet[Attachment]:
    """The files of a room, also those on posts of its threads, for a page of them."""
    return Attachment.objects.filter(room=room).select_related("post")


def filed(viewer: Viewer, rows: Iterable[Attachment]) -> list[Filed]:
    """Files with the names of who sent them."""
    listed = list(rows)
    names, bodies = names_of(a.person for a in listed), organisation_names(viewer, [a.organisation for a in listed])
    return [Filed(a, names.get(a.person, ""), bodies.get(a.organisation, "")) for a in listed]
