"""The forum: who sees a thread is decided by its group alone; what is said, withdrawn, searched, attached, exported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.chain import queries as chain
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Delivery
from hueandcry.linkage.forum import actions, places, queries
from hueandcry.linkage.forum.files import File
from hueandcry.linkage.models import Attachment, AttachmentChunk, AttachmentKey, Post, PostRevision, Thread
from hueandcry.linkage.rooms import actions as rooms
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
OWN = Handling(tlp="AMBER+STRICT", recipients=())


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"), name="Ana Costa")


@pytest.fixture
def gendarmes() -> Person:
    return factory.person(
        factory.organisation("Example Gendarmes", kind="law-enforcement", country="FR"), name="Luc Roy"
    )


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"), name="Rui Lima")


def started(by: Person, place: str = "le", **more: Any) -> UUID:
    facts = {"title": "Mules in Porto", "text": "Who knows them?", "tlp": "AMBER"} | more
    return actions.start(by=factory.as_viewer(by), place=place, **facts)


def room_of(lead: Person, *others: Person, ceiling: str = "AMBER+STRICT") -> UUID:
    room = rooms.open_room(by=factory.as_viewer(lead), name="Fish", purpose="p", legal_basis="l", ceiling=ceiling)
    for each in others:
        rooms.invite(by=factory.as_viewer(lead), room=room, organisation=each.organisation_id or 0)
        rooms.answer(by=factory.as_viewer(each), room=room, accept=True)
    return room


def seen(person: Person) -> list[str]:
    with viewer(factory.as_viewer(person)) as who:
        found = [t.title for t in queries.threads(who)]
        assert Thread.objects.count() == len(found)
        assert bool(found) or not (
            Post.objects.exists() or Attachment.objects.exists() or PostRevision.objects.exists()
        )
    return found


def page(person: Person, thread: UUID) -> str:
    return factory.signed_in(person).get(f"/forum/{thread}/").content.decode()


# Who sees it


def test_a_thread_of_law_enforcement_is_for_law_enforcement(police: Person, gendarmes: Person, bank: Person) -> None:
    thread = started(police)
    office = factory.person(factory.office(), ["secretary", "administrator"])
    suspended = factory.person(factory.organisation("Old Police", kind="law-enforcement", state="suspended"))
    assert seen(gendarmes) == ["Mules in Porto"] and "Who knows them?" in page(gendarmes, thread)
    for person in (bank, office, suspended):
        assert seen(person) == []
        assert factory.signed_in(person).get(f"/forum/{thread}/").status_code in (302, 404)
    with pytest.raises(Refused):
        started(bank)  # nor does a bank open one there
    with pytest.raises(DatabaseError), viewer(factory.as_viewer(bank)):  # not by the table either
        audience = Thread.objects.using("owner").get().audience
        Thread.objects.create(scope="law enforcement", principal=3, audience=audience, title="x",
                              tlp="AMBER", organisation=bank.organisation_id, person=bank.pk)  # fmt: skip


def test_a_thread_of_a_circle_is_for_who_is_in_it(police: Person, bank: Person) -> None:
    assert bank.organisation and police.organisation
    circle = factory.circle("Card fraud", [bank.organisation])
    thread = started(bank, f"circle-{circle.slug}")
    assert seen(bank) == ["Mules in Porto"] and seen(police) == []
    with pytest.raises(Refused):
        started(police, f"circle-{circle.slug}")
    with pytest.raises(Thread.DoesNotExist):
        actions.post(by=factory.as_viewer(police), thread=thread, text="hello")


def test_a_thread_of_a_room_is_for_who_is_named(police: Person, bank: Person) -> None:
    room = room_of(police, bank)
    thread = started(police, f"room-{room}")
    colleague = factory.person(bank.organisation)
    assert seen(bank) == ["Mules in Porto"] and seen(colleague) == []
    assert "Mules in Porto" in factory.signed_in(bank).get(f"/rooms/{room}/").content.decode()
    rooms.end_part(by=factory.as_viewer(police), room=room, organisation=bank.organisation_id or 0)
    assert seen(bank) == []
    assert factory.signed_in(bank).get(f"/forum/{thread}/").status_code == 404


ROUTES: list[tuple[str, str]] = [
    ("get", "{thread}/"), ("post", "{thread}/"), ("post", "{thread}/keep/"), ("post", "{thread}/follow/"),
    ("post", "{thread}/about/"), ("get", "{thread}/export/"), ("get", "posts/{post}/"), ("get", "posts/{post}/edit/"),
    ("post", "posts/{post}/edit/"), ("post", "posts/{post}/withdraw/"), ("get", "files/{file}/"),
    ("get", "files/{file}/erase/"), ("post", "files/{file}/erase/"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_outsiders_find_no_address(method: str, path: str, police: Person, bank: Person) -> None:
    room = room_of(police, bank)
    thread = started(police, f"room-{room}", files=[File("log.txt", b"secret", "AMBER")])
    post, file = Post.objects.using("owner").get(), Attachment.objects.using("owner").get()
    rooms.end_part(by=factory.as_viewer(police), room=room, organisation=bank.organisation_id or 0)
    removed, other = bank, factory.person(factory.organisation("Other Bank"), ["analyst", "administrator"])
    suspended = factory.person(factory.organisation("Old Police", kind="law-enforcement", state="suspended"))
    url = "/forum/" + path.format(thread=thread, post=post.reference, file=file.reference)
    given = {"text": "x", "act": "close", "follow": "yes", "about": "203.0.113.9"}
    colleague = factory.person(police.organisation, ["analyst", "administrator"])
    for client in (Client(), *(factory.signed_in(p) for p in (removed, other, suspended, colleague))):
        response = getattr(client, method)(url, given if method == "post" else None)
        assert response.status_code in (302, 404)
        if response.status_code == 302:
            assert response["Location"].startswith(("/account/login/", "/membership/")), response["Location"]
        assert b"secret" not in response.content and b"Mules in Porto" not in response.content
    after = Post.objects.using("owner").get()
    assert (after.text, after.withdrawn_at) == ("Who knows them?", None)
    assert Thread.objects.using("owner").get().closed_at is None
    assert AttachmentKey.objects.using("owner").count() == 1


# What is said


def test_who_follows_is_told_and_reads_what_is_new(police: Person, gendarmes: Person) -> None:
    thread = started(police)
    factory.signed_in(gendarmes).post(f"/forum/{thread}/follow/", {"follow": "yes"})
    assert "new" in factory.signed_in(gendarmes).get("/forum/?mine=unread").content.decode()
    page(gendarmes, thread)
    assert b"data-row" not in factory.signed_in(gendarmes).get("/forum/?mine=unread").content
    actions.post(by=factory.as_viewer(police), thread=thread, text="One of them is known.")
    told = Notice.objects.using("owner").get(kind="thread")
    assert (told.person, told.link) == (gendarmes.pk, f"/forum/{thread}/")
    assert "Mules" not in told.title + told.text and "known" not in told.title + told.text
    assert factory.signed_in(gendarmes).get("/forum/?mine=unread&mine=followed").content.count(b"data-row") == 1
    assert page(gendarmes, thread).count("post unread") == 1
    factory.signed_in(gendarmes).post(f"/forum/{thread}/follow/", {"follow": "no"})
    actions.post(by=factory.as_viewer(police), thread=thread, text="More.")
    assert Notice.objects.using("owner").filter(kind="thread").count() == 1


def test_a_follower_who_lost_sight_is_not_told(police: Person, bank: Person) -> None:
    room = room_of(police, bank)
    thread = started(police, f"room-{room}")
    actions.follow(by=factory.as_viewer(bank), thread=thread, following=True)
    rooms.end_part(by=factory.as_viewer(police), room=room, organisation=bank.organisation_id or 0)
    before = Notice.objects.using("owner").filter(person=bank.pk).count()
    actions.post(by=factory.as_viewer(police), thread=thread, text="@Rui Lima @Example Bank are you there?")
    assert Notice.objects.using("owner").filter(person=bank.pk).count() == before


def test_names_call_those_who_see_it(police: Person, gendarmes: Person, bank: Person) -> None:
    thread = started(police, text="@Example Gendarmes, @Example Bank and @Ana Costa: look.")
    told = list(Notice.objects.using("owner").filter(kind="thread").values_list("person", "title"))
    assert told == [(gendarmes.pk, "Example Police calls you in a thread")]
    actions.post(by=factory.as_viewer(gendarmes), thread=thread, text="yes @ana costa")
    assert Notice.objects.using("owner").filter(person=police.pk, title__contains="calls you").count() == 1
    assert (
        Notice.objects.using("owner").filter(person=police.pk).count() == 1
    )  # called, so not told twice as a follower


def test_the_longest_name_is_the_one_called() -> None:
    company = places.Company({1: "Bank", 2: "Bank of Porto"}, {7: "Ana", 8: "Ana"})
    assert places.called("@Bank of Porto and @ana, not a@anabel", company) == ({2}, {7, 8})
    assert places.called("@Bank, @Banks", company) == ({1}, set())
    assert places.called("nobody", company) == (set(), set())


def test_editing_keeps_what_was_said(police: Person, gendarmes: Person) -> None:
    thread = started(police)
    post = Post.objects.using("owner").get()
    client = factory.signed_in(police)
    assert client.post(f"/forum/posts/{post.reference}/edit/", {"text": "Who *else* knows them?"}).status_code == 302
    shown = page(gendarmes, thread)
    assert "Who <em>else</em> knows them?" in shown and "Who knows them?" in shown and "Edited" in shown
    other = factory.signed_in(gendarmes)
    assert other.get(f"/forum/posts/{post.reference}/edit/").status_code == 404
    with pytest.raises(Post.DoesNotExist):
        actions.edit(by=factory.as_viewer(gendarmes), post=post.reference, text="x")
    with viewer(factory.as_viewer(gendarmes)):
        assert Post.objects.update(text="y") == 0  # nor by the table


def test_withdrawing_takes_the_words_and_files_for_good(police: Person, gendarmes: Person) -> None:
    thread = started(police, text="Wrong name: Zzyzx", files=[File("log.txt", b"Zzyzx", "AMBER")])
    post = Post.objects.using("owner").get()
    actions.edit(by=factory.as_viewer(police), post=post.reference, text="Wrong name: Zzyzx Q")
    with pytest.raises(Refused):
        actions.withdraw(by=factory.as_viewer(gendarmes), post=post.reference)
    assert b"data-row" in factory.signed_in(gendarmes).get("/forum/?q=Zzyzx").content
    assert factory.signed_in(police).get(f"/forum/posts/{post.reference}/withdraw/").status_code == 200
    factory.signed_in(police).post(f"/forum/posts/{post.reference}/withdraw/")
    shown = page(gendarmes, thread)
    assert "Zzyzx" not in shown and "Withdrawn" in shown
    assert b"data-row" not in factory.signed_in(gendarmes).get("/forum/?q=Zzyzx").content
    assert not AttachmentKey.objects.using("owner").exists() and not AttachmentChunk.objects.using("owner").exists()
    assert not PostRevision.objects.using("owner").exists() and Post.objects.using("owner").get().text == ""
    for act in (
        lambda: actions.withdraw(by=factory.as_viewer(police), post=post.reference),
        lambda: actions.edit(by=factory.as_viewer(police), post=post.reference, text="again"),
    ):
        with pytest.raises(Refused):
            act()


def test_a_lead_withdraws_and_changes_nothing(police: Person, bank: Person) -> None:
    room = room_of(police, bank)
    thread = started(bank, f"room-{room}", text="A victim's name", files=[File("v.txt", b"v", "AMBER")])
    post = Post.objects.using("owner").get()
    with pytest.raises(DatabaseError), viewer(factory.as_viewer(police)):
        Post.objects.filter(pk=post.pk).update(text="put into their mouth")
    actions.withdraw(by=factory.as_viewer(police), post=post.reference)
    assert "victim" not in page(bank, thread)
    assert not AttachmentKey.objects.using("owner").exists()
    assert "erased" in factory.signed_in(bank).get(f"/rooms/{room}/?part=files").content.decode()


def test_pinning_and_closing(police: Person, gendarmes: Person) -> None:
    old, new = started(police, title="Old"), started(police, title="Newer")
    client = factory.signed_in(police)
    client.post(f"/forum/{old}/keep/", {"act": "pin"})
    listed = factory.signed_in(gendarmes).get("/forum/").content.decode()
    assert listed.index("Old") < listed.index("Newer")
    client.post(f"/forum/{new}/keep/", {"act": "close"})
    assert "The thread is closed" in page(gendarmes, new)
    for act in (
        lambda: actions.post(by=factory.as_viewer(gendarmes), thread=new, text="x"),
        lambda: actions.set_closed(by=factory.as_viewer(gendarmes), thread=new, closed=False),
        lambda: actions.set_pinned(by=factory.as_viewer(gendarmes), thread=old, pinned=False),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(DatabaseError), viewer(factory.as_viewer(gendarmes)) as who:
        one = queries.thread(who, new)
        Post.objects.create(
            thread=one, audience=one.audience, organisation=gendarmes.organisation_id, person=gendarmes.pk, text="x"
        )
    client.post(f"/forum/{new}/keep/", {"act": "reopen"})
    actions.post(by=factory.as_viewer(gendarmes), thread=new, text="Thank you.")
    assert factory.signed_in(gendarmes).get("/forum/?state=closed").content.count(b"data-row") == 0


def test_nothing_is_added_in_a_closed_room(police: Person, bank: Person) -> None:
    room = room_of(police, bank)
    thread = started(bank, f"room-{room}")
    rooms.close(by=factory.as_viewer(police), room=room)
    by = factory.as_viewer(bank)
    for act in (
        lambda: actions.post(by=by, thread=thread, text="x"),
        lambda: started(bank, f"room-{room}"),
        lambda: actions.set_closed(by=by, thread=thread, closed=False),
        lambda: actions.add_file(by=by, room=room, file=File("a.txt", b"a", "AMBER")),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(DatabaseError), viewer(by):
        Thread.objects.update(closed_at=None)
    assert "Who knows them?" in page(bank, thread)
    assert factory.signed_in(bank).get(f"/forum/?place=room-{room}").content.count(b"data-row") == 1


def test_a_reader_reads_and_does_not_write(police: Person) -> None:
    reader = factory.person(police.organisation, ["reader"])
    thread = started(police)
    assert "Say something" not in page(reader, thread)
    assert factory.signed_in(reader).get("/forum/new/").status_code == 403
    with pytest.raises(Refused):
        actions.post(by=factory.as_viewer(reader), thread=thread, text="x")
    with pytest.raises(DatabaseError), viewer(factory.as_viewer(reader)) as who:
        one = queries.thread(who, thread)
        Post.objects.create(
            thread=one, audience=one.audience, organisation=reader.organisation_id, person=reader.pk, text="x"
        )


def test_search_is_within_sight(police: Person, gendarmes: Person, bank: Person) -> None:
    thread = started(police, title="About wallets", text="Nothing")
    actions.post(by=factory.as_viewer(police), thread=thread, text="The courier is Xanadu.")
    factory.signed_in(gendarmes)
    found = factory.signed_in(gendarmes).get("/forum/?q=xanadu").content.decode()
    post = Post.objects.using("owner").get(text__contains="Xanadu")
    assert f"/forum/posts/{post.reference}/" in found
    assert factory.signed_in(gendarmes).get("/forum/?q=wallets").content.count(b"data-row") == 1
    assert b"data-row" not in factory.signed_in(bank).get("/forum/?q=xanadu").content
    with viewer(factory.as_viewer(bank)), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM hueandcry_forum_search('xanadu', 10)")
        assert cursor.fetchall() == []
    for odd in ("%", "'", '"', "a & | !", "\\", "x" * 5_000):
        assert factory.signed_in(gendarmes).get("/forum/", {"q": odd}).status_code == 200


def test_long_threads_are_paged_by_key(police: Person, gendarmes: Person) -> None:
    thread = started(police, text="post 0 .")
    one = Thread.objects.using("owner").get()
    for n in range(1, 120):
        Post.objects.using("owner").create(thread_id=one.pk, audience=one.audience, organisation=one.organisation,
                                           person=police.pk, text=f"post {n} .")  # fmt: skip
    client, seen_posts, url = factory.signed_in(gendarmes), [], f"/forum/{thread}/"
    for _page in range(3):
        with viewer(factory.as_viewer(gendarmes)) as who:
            after = url.partition("?after=")[2]
            got = queries.posts(who, queries.thread(who, thread), after=UUID(after) if after else None)
        assert client.get(url).status_code == 200
        seen_posts += [said.post.text for said in got.rows]
        url = f"/forum/{thread}/?after={got.next}"
    assert seen_posts == [f"post {n} ." for n in range(120)]
    middle = Post.objects.using("owner").get(text="post 77 .")
    jumped = client.get(f"/forum/posts/{middle.reference}/", follow=True)
    assert "post 77 ." in jumped.content.decode() and "post 76 ." not in jumped.content.decode()
    actions.post(by=factory.as_viewer(police), thread=thread, text="the very latest")
    assert "the very latest" in page(gendarmes, thread)  # opens where it was read to
    assert client.get(f"/forum/{thread}/?after=nonsense&before={uuid4()}").status_code == 200


# What it is about


def test_a_thread_is_found_from_what_it_is_about(police: Person, gendarmes: Person, bank: Person) -> None:
    shared, hidden = send.form(police, "An invoice"), send.form(police, "Ours alone", handling=OWN)
    thread = started(police, about=f"/reports/{shared.reference}/")
    actions.tie(by=factory.as_viewer(police), thread=thread, about=f"/reports/{hidden.reference}/")
    with viewer(factory.as_viewer(gendarmes)) as who:
        assert [each.shown.title for each in chain.links(who, "report", str(shared.reference))] == ["Mules in Porto"]
        assert [each.shown.title for each in chain.links(who, "thread", str(thread))] == ["An invoice"]
        assert chain.links(who, "report", str(hidden.reference)) == []
    with viewer(factory.as_viewer(bank)) as who:
        assert chain.links(who, "report", str(shared.reference)) == []
    shown = page(gendarmes, thread)
    assert "An invoice" in shown and "Ours alone" not in shown and str(hidden.reference) not in shown
    assert "Ours alone" in page(police, thread)
    with pytest.raises(Refused):
        actions.tie(by=factory.as_viewer(gendarmes), thread=thread, about=f"/reports/{hidden.reference}/")


def test_a_thread_about_a_value(police: Person) -> None:
    send.rows(police, "x,2026-01-01,203.0.113.77,phishing")
    thread = started(police, about="203.0.113.77")
    with viewer(factory.as_viewer(police)) as who:
        (link,) = chain.links(who, "thread", str(thread))
    assert (link.kind, link.shown.title) == ("value", "203.0.113.77")
    with pytest.raises(Refused):
        started(police, about="198.51.100.1")


# Files


def upload(name: str, raw: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, content_type="text/html")


def test_files_come_back_as_they_were_and_as_nothing_else(police: Person, gendarmes: Person) -> None:
    report = send.form(police, "An invoice")
    thread = started(police, about=f"/reports/{report.reference}/")
    raw = b"<script>alert(1)</script>" * 60_000  # more than one chunk
    client = factory.signed_in(police)
    sent = client.post(
        f"/forum/{thread}/",
        {
            "text": "log",
            "attached": [upload("../x\u202ehtml.txt", raw), upload("b.csv", b"a,b")],
            "file_tlp": "AMBER+STRICT",
        },
    )
    assert sent.status_code == 302
    first, second = Attachment.objects.using("owner").order_by("pk")
    assert (first.kind, first.tlp, first.size, second.filename) == ("text", "AMBER+STRICT", len(raw), "b.csv")
    stored = b"".join(bytes(c) for c in AttachmentChunk.objects.using("owner").values_list("content", flat=True))
    assert b"script" not in stored
    got = factory.signed_in(gendarmes).get(f"/forum/files/{first.reference}/")
    assert got.content == raw
    assert got["Content-Type"] == "application/octet-stream" and got["Content-Disposition"].startswith("attachment; ")
    assert got["X-Content-Type-Options"] == "nosniff" and "sandbox" in got["Content-Security-Policy"]
    assert "\u202e" not in got["Content-Disposition"] and "/" not in got["Content-Disposition"]
    assert Act.objects.using("owner").filter(verb="download", organisation=gendarmes.organisation_id).count() == 1
    assert Delivery.objects.using("owner").filter(report=report.pk, person=gendarmes.pk).count() == 1
    assert factory.signed_in(gendarmes).post(f"/forum/files/{first.reference}/erase/", follow=True).status_code == 200
    assert AttachmentKey.objects.using("owner").filter(attachment=first).exists()  # not theirs to erase
    client.post(f"/forum/files/{first.reference}/erase/")
    gone = Attachment.objects.using("owner").get(pk=first.pk)
    assert (gone.filename, gone.erased_at is None) == ("", False)
    assert not AttachmentChunk.objects.using("owner").filter(attachment=first).exists()
    again = factory.signed_in(gendarmes).get(f"/forum/files/{first.reference}/", follow=True).content.decode()
    assert "was erased" in again and "<script>alert" not in again


def test_a_refused_file_leaves_nothing(police: Person) -> None:
    thread = started(police)
    shown = factory.signed_in(police).post(
        f"/forum/{thread}/",
        {"text": "my long words", "attached": upload("a.txt", b"\x89PNG\r\n\x1a\n123"), "file_tlp": "AMBER"},
    )
    assert shown.status_code == 422 and "my long words" in shown.content.decode() and "sha256" in shown.content.decode()
    assert Post.objects.using("owner").count() == 1 and not Attachment.objects.using("owner").exists()
    many = [upload(f"{n}.txt", b"x") for n in range(6)]
    assert factory.signed_in(police).post(f"/forum/{thread}/", {"text": "x", "attached": many}).status_code == 422


def test_files_of_a_room(police: Person, bank: Person) -> None:
    room = room_of(police, bank, ceiling="AMBER")
    client = factory.signed_in(bank)
    client.post(f"/rooms/{room}/file/", {"upload": upload("a.txt", b"abc"), "tlp": "AMBER"})
    client.post(f"/rooms/{room}/file/", {"upload": upload("b.txt", b"abc"), "tlp": "RED"})  # stricter than the ceiling
    one = Attachment.objects.using("owner").get()
    assert "a.txt" in factory.signed_in(police).get(f"/rooms/{room}/?part=files").content.decode()
    colleague = factory.person(bank.organisation)
    assert factory.signed_in(colleague).get(f"/forum/files/{one.reference}/").status_code == 404
    assert factory.signed_in(police).get(f"/forum/files/{one.reference}/").content == b"abc"
    with pytest.raises(Refused):
        started(bank, f"room-{room}", tlp="RED")
    factory.signed_in(police).post(f"/forum/files/{one.reference}/erase/")  # a lead
    assert not AttachmentKey.objects.using("owner").exists()


def test_a_changed_chunk_is_noticed(police: Person) -> None:
    started(police, files=[File("a.txt", b"abc", "AMBER")])
    chunk = AttachmentChunk.objects.using("owner").get()
    AttachmentChunk.objects.using("owner").filter(pk=chunk.pk).update(content=bytes(chunk.content)[:-1] + b"\0")
    with pytest.raises(Exception, match="do not match"), viewer(factory.as_viewer(police)) as who:
        from hueandcry.linkage.forum import files

        files.content(who, Attachment.objects.get())


# Export


def test_an_export_has_its_handling_on_top(police: Person, gendarmes: Person, bank: Person) -> None:
    thread = started(police, text="# TLP:CLEAR\n<b>x</b>", tlp="AMBER+STRICT", files=[File("a.txt", b"abc", "RED")])
    got = factory.signed_in(gendarmes).get(f"/forum/{thread}/export/")
    lines = got.content.decode().splitlines()
    assert lines[0] == "TLP:AMBER+STRICT" and lines[-1] == "TLP:AMBER+STRICT"
    assert "| # TLP:CLEAR" in lines and any("Law enforcement" in line for line in lines)
    assert any("a.txt" in line and "TLP:RED" in line for line in lines)
    assert got["Content-Disposition"].startswith("attachment")
    assert factory.signed_in(bank).get(f"/forum/{thread}/export/").status_code == 404
    red = started(police, title="Red", tlp="RED")
    response = factory.signed_in(gendarmes).get(f"/forum/{red}/export/")
    assert response.status_code == 302 and b"Who knows" not in response.content
    acts = Act.objects.using("owner").filter(kind="thread", verb="export")
    assert [(act.organisation, act.count) for act in acts] == [(gendarmes.organisation_id, 1)]


def test_every_change_is_in_the_audit_record(police: Person) -> None:
    client = factory.signed_in(police)
    made = client.post("/forum/new/", {"place": "le", "title": "T", "tlp": "AMBER", "text": "one", "file_tlp": "AMBER"})
    assert made.status_code == 302
    where = made["Location"]
    post = Post.objects.using("owner").get().reference
    calls: list[Callable[[], object]] = [
        lambda: client.get(where),
        lambda: client.post(where, {"text": "two"}),
        lambda: client.post(f"/forum/posts/{post}/edit/", {"text": "uno"}),
        lambda: client.post(f"/forum/posts/{post}/withdraw/"),
        lambda: client.post(f"{where}keep/", {"act": "pin"}),
        lambda: client.post(f"{where}keep/", {"act": "close"}),
        lambda: client.post(f"{where}follow/", {"follow": "no"}),
    ]
    for call in calls:
        call()
    rows = Act.objects.using("owner").filter(kind__in=["thread", "post"]).order_by("pk").values_list("kind", "verb")
    assert list(rows) == [
        ("thread", "open"), ("post", "post"), ("thread", "read"), ("post", "post"), ("post", "edit"),
        ("post", "withdraw"), ("thread", "pin"), ("thread", "close"), ("thread", "unfollow"),
    ]  # fmt: skip


def test_hostile_words_are_words(police: Person) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% debug %}\u202e"
    thread = started(police, title=nasty, text=nasty)
    shown = page(police, thread) + factory.signed_in(police).get("/forum/").content.decode()
    assert "<script>alert" not in shown and "<img src=x" not in shown and "\u202e" not in shown


def test_what_a_thread_needs(police: Person) -> None:
    for wrong in (
        {"title": " "},
        {"text": " \n"},
        {"tlp": "PINK"},
        {"about": "/reports/nonsense/"},
        {"place": "circle-none"},
    ):
        with pytest.raises(Refused):
            started(police, **wrong)
    assert not Thread.objects.using("owner").exists()
