"""Why one operation stands before another: harm, and whether something can be done about it now, each in words.

The shares are computed in sql/listing.sql; the weights stand in both, and a test compares them. Pure but for the words.
"""

from __future__ import annotations

import math
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.linkage.operations.shown import Part

LATELY = 60  # days: what was seen in use within them may still be taken down, frozen or asked about
FADING = 180  # days after which an operation that rests counts a third
INFRASTRUCTURE = ("domain-name", "hostname", "url", "ipv4-addr", "ipv6-addr")
CONTACTS = ("phone-number", "email-addr", "user-account")
ACTING_FACTS = {"lately": LATELY, "fading": FADING, "infrastructure": list(INFRASTRUCTURE), "contacts": list(CONTACTS)}
WEIGHTS = {
    "crimes": 0.4, "loss": 0.3, "countries": 0.1, "recent": 0.2,
    "infrastructure": 0.4, "accounts": 0.3, "contacts": 0.2, "police": 0.1,
}  # fmt: skip


def parts(
    countries: int, infrastructure: int, accounts: int, contacts: int, police: int, loss_place: float,
    loss_currency: str, crimes_share: float, recent_share: float, *, crimes: int, last: datetime,
) -> list[Part]:  # fmt: skip
    """The reasons of a rank, harm first; shares are those of the query that ranked it."""
    harm = [
        ("crimes", float(crimes_share), ngettext("%(n)s crime", "%(n)s crimes", crimes) % {"n": crimes}),
        ("loss", float(loss_place), _lost(float(loss_place), loss_currency)),
        ("countries", 1 - 1 / max(1, countries), _in_countries(countries)),
        ("recent", float(recent_share), _("last seen on %(day)s") % {"day": date_format(last, "DATE_FORMAT")}),
    ]
    acting = [
        ("infrastructure", 1 - math.exp(-infrastructure / 3), _living(infrastructure)),
        ("accounts", 1 - math.exp(-accounts / 2), _accounts(accounts)),
        ("contacts", 1 - math.exp(-contacts / 2), _contacts(contacts)),
        ("police", float(min(1, police)), _police(police)),
    ]
    return [
        *(Part("harm", name, share, WEIGHTS[name], words) for name, share, words in harm),
        *(Part("acting", name, share, WEIGHTS[name], words) for name, share, words in acting),
    ]


def _lost(place: float, currency: str) -> str:
    if not currency:
        return _("no loss is known")
    if (more := round(100 * (1 - place))) == 0:
        return _("hardly an operation lost more in %(currency)s") % {"currency": currency}
    return _("%(share)s %% of operations lost more in %(currency)s") % {"currency": currency, "share": more}


def _in_countries(n: int) -> str:
    return ngettext("victims in %(n)s country", "victims in %(n)s countries", n) % {"n": n}


def _living(n: int) -> str:
    if not n:
        return _("no site or address seen in use within %(days)s days") % {"days": LATELY}
    words = ngettext(
        "%(n)s site or address seen in use within %(days)s days",
        "%(n)s sites or addresses seen in use within %(days)s days",
        n,
    )
    return words % {"n": n, "days": LATELY}


def _accounts(n: int) -> str:
    if not n:
        return _("no account in a country of the alliance seen lately")
    words = ngettext(
        "%(n)s account in a country of the alliance, seen lately",
        "%(n)s accounts in countries of the alliance, seen lately",
        n,
    )
    return words % {"n": n}


def _contacts(n: int) -> str:
    if not n:
        return _("no telephone number, address or handle seen lately")
    words = ngettext(
        "%(n)s telephone number, address or handle seen lately",
        "%(n)s telephone numbers, addresses or handles seen lately",
        n,
    )
    return words % {"n": n}


def _police(n: int) -> str:
    if not n:
        return _("no police organisation has reported it")
    return ngettext("%(n)s police organisation in it", "%(n)s police organisations in it", n) % {"n": n}
