"""Writes of the ledger. What may be booked is decided by the database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.academy.deciding import decided
from hueandcry.audit import actions as audit
from hueandcry.exchange.money import is_currency
from hueandcry.exchange.text import clean
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.programmes.ledger import entries, queries
from hueandcry.programmes.ledger.entries import Draft, Line
from hueandcry.programmes.models import Close, Entry, Fund, Posting, Rate

LONG = 2_000  # characters


def book(*, by: Viewer, drafts: Sequence[Draft]) -> list[UUID]:
    """Book entries, all or none; the reference of each, in order. What has a key that is booked is not booked again.

    Raises Refused with what the database says."""
    with viewer(by):
        made = booked(by, drafts)
        audit.record(by=by, verb="book", kind="entry", thing=made[0].pk if len(made) == 1 else None, count=len(made))
    return [each.reference for each in made]


def booked(by: Viewer, drafts: Sequence[Draft]) -> list[Entry]:
    """The same within a viewer that is entered already, unaudited: for acts that book and do something else too."""
    for each in drafts:
        if not each.words.strip():
            raise Refused(_("Say in a few words what this is."))
    with decided():
        # funds in order, so that two who book wait for each other instead of stopping each other
        for fund in sorted({line.fund for each in drafts for line in each.lines}):
            _lock(fund)
        known = {each.key: each for each in Entry.objects.filter(key__in=[each.key for each in drafts if each.key])}
        made: list[Entry] = []
        for each in drafts:
            if each.key in known:
                made.append(known[each.key])
                continue
            entry = Entry.objects.create(
                key=each.key or uuid4().hex,
                kind=each.kind,
                day=each.day,
                words=clean(each.words, LONG).strip(),
                programme_id=each.programme,
                component_id=each.component,
                party=clean(each.party, 300).strip(),
                organisation=each.organisation,
                document=clean(each.document, 300).strip(),
                settles_id=each.settles,
                reverses_id=each.reverses,
                rate_id=each.rate,
                person=by.person or 0,
            )
            Posting.objects.bulk_create(_posting(entry, line) for line in each.lines)
            made.append(entry)
        with connection.cursor() as cursor:  # what would be refused at the end is refused here, where it can be told
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return made


def _lock(fund: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"programmes fund {fund}"])


def _posting(entry: Entry, line: Line) -> Posting:
    return Posting(
        entry=entry,
        account_id=line.account,
        fund_id=line.fund,
        amount=line.amount,
        currency=line.currency,
        value=line.value,
    )


def reverse(*, by: Viewer, entry: UUID, words: str, day: date) -> UUID:
    """Take an entry back by another with the other signs. Raises Refused, Entry.DoesNotExist."""
    if not words.strip():
        raise Refused(_("Say why it is reversed."))
    with viewer(by):
        found = Entry.objects.get(reference=entry)
        if Entry.objects.filter(reverses=found).exists():
            raise Refused(_("It is reversed already."))
        lines = [Line(*row) for row in found.postings.values_list("account", "fund", "amount", "currency", "value")]
        draft = Draft(
            "reversal", day, words, entries.reversal(lines), found.programme_id, found.component_id, found.party,
            found.organisation, found.document, found.settles_id, found.pk, found.rate_id, f"reversal of {found.pk}",
        )  # fmt: skip
        made = booked(by, [draft])[0]
        audit.record(by=by, verb="reverse", kind="entry", thing=found.pk)
    return made.reference


def close(*, by: Viewer, until: date) -> str:
    """Close the books up to a day, and keep the digest of their trial balance. Raises Refused."""
    with viewer(by):
        with decided():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('programmes books', 0))")
            told = "\n".join(
                f"{row.fund} {row.account} {row.currency} {row.amount} {row.value}"
                for row in queries.trial_balance(by, until)
            )
            digest = hashlib.sha256(told.encode()).hexdigest()
            made = Close.objects.create(until=until, digest=digest, person=by.person or 0)
        audit.record(by=by, verb="close", kind="books", thing=made.pk)
    return digest


def rate(*, by: Viewer, day: date, currency: str, base: str, rate: Decimal, source: str) -> int:
    """Record what a currency was worth on a day. Raises Refused."""
    if not (is_currency(currency) and is_currency(base)):
        raise Refused(_("Give currencies by their codes of three letters."))
    if not source.strip():
        raise Refused(_("Say where the rate is from."))
    with viewer(by):
        with decided():
            made = Rate.objects.create(
                day=day,
                currency=currency,
                base=base,
                rate=rate,
                source=clean(source, 300).strip(),
                person=by.person or 0,
            )
        audit.record(by=by, verb="record rate", kind="rate", thing=made.pk)
    return made.pk


def open_fund(
    *, by: Viewer, code: str, name: str, giver: str, currency: str, opens: date, closes: date | None = None,
    donor: int | None = None, countries: Sequence[str] = (), aspects: Sequence[str] = (), overhead: int = 100,
    share: int = 100, running: bool = False, terms: str = "",
) -> UUID:  # fmt: skip
    """Open a fund with its giver's restrictions, which never change. Raises Refused."""
    if not is_currency(currency):
        raise Refused(_("Give the currency by its code of three letters."))
    with viewer(by):
        with decided():
            made = Fund.objects.create(
                code=clean(code, 40).strip(),
                name=clean(name, 200).strip(),
                giver=clean(giver, 200).strip(),
                donor=donor,
                currency=currency,
                countries=sorted(set(countries)),
                aspects=sorted(set(aspects)),
                opens=opens,
                closes=closes,
                overhead=overhead,
                share=share,
                running=running,
                terms=clean(terms, 8_000).strip(),
                person=by.person or 0,
            )
        audit.record(by=by, verb="open", kind="fund", thing=made.pk)
    return made.reference
