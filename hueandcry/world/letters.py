"""Accounts told in prose by people who have no system: plain text, or a mail to the alliance's address."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from hueandcry.world.countries import BY_CODE
from hueandcry.world.dialects import STORIES, story, vocabulary
from hueandcry.world.reporters import Account

_KINDS = {"btc": "wallet", "eth": "wallet", "trx": "wallet", "onion": "domain"}


def text_key(raw: bytes) -> str:
    """A text has no number of its own: its digest stands for it."""
    return "text:" + hashlib.sha256(raw).hexdigest()


def mail_key(raw: bytes) -> str:
    """A mail likewise: a Message-ID is its sender's word only."""
    return "email:" + hashlib.sha256(raw).hexdigest()


def _lines(account: Account) -> tuple[str, list[str]]:
    language = BY_CODE[account.reporter.country].language
    words = story(language)
    label = vocabulary(language if words is story(language) and language in {"en", "de", "fr", "es", "pl"} else "en")
    crime = label[account.crime.speciality]
    lines = [words["open"].format(day=account.occurred.isoformat(), label=crime)]
    if account.loss:
        lines.append(words["loss"].format(loss=account.loss, currency=account.currency))
    for value in account.values:
        kind = _KINDS.get(value.kind, value.kind)
        text = _defanged(value.value) if kind in {"domain", "url"} and account.number % 2 else value.value
        lines.append(words[kind].format(v=text))
    if account.reference:
        lines.append(words["reference"].format(v=account.reference))
    if account.area:
        lines.append(words["area"].format(v=account.area))
    if account.country:
        named = _named(account.country, language if language in STORIES else "en")
        lines.append(words["country"].format(v=named))
    lines.append(words["close"])
    return words["subject"].format(label=crime), lines


def _named(country: str, language: str) -> str:
    """A country's name as people of that language write it."""
    from babel import Locale  # slow to load, and only letters name countries

    return str(Locale(language).territories[country])


def _defanged(text: str) -> str:
    """As careful people write an address, so that nobody clicks on it."""
    return text.replace("http", "hxxp", 1).replace(".", "[.]")


def text(account: Account) -> bytes:
    """A plain text in the reporter's language."""
    subject, lines = _lines(account)
    return "\n".join([subject, "", *lines, "", account.reporter.name, f"({account.number})"]).encode()


def mail(account: Account, sender: str) -> bytes:
    """An RFC 5322 message in the reporter's language."""
    subject, lines = _lines(account)
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{account.reporter.name.replace(',', '')} <{sender}>"
    message["To"] = "reports@alliance.example"
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.combine(account.reported, time(9, 30), UTC))
    message["Message-ID"] = f"<report.{account.number}@{account.reporter.slug}.example>"
    message.set_content("\n".join([*lines, "", account.reporter.name]) + "\n")
    return message.as_bytes()
