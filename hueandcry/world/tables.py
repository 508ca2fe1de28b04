"""Accounts written as a table, in the dialect of the organisation's country."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from hueandcry.exchange.sectors import SHORT
from hueandcry.world.countries import BY_CODE
from hueandcry.world.dialects import COLUMNS, Dialect, dialect, vocabulary
from hueandcry.world.organisations import Organisation
from hueandcry.world.reporters import Account

_WALLETS = ("btc", "eth", "trx")
# What each column is in the words of exchange/mapping.py; those not named hold an observable of the attacker.
_TARGETS = {
    "id": "key",
    "occurred": "occurred_from",
    "reported": "reported_at",
    "country": "victim_country",
    "sector": "victim_sector",
    "size": "victim_size",
    "type": "label",
    "area": "victim_area",
    "reference": "victim_reference",
    "loss": "loss_amount",
    "currency": "loss_currency",
    "status": "ignore",
}


def mapping(organisation: Organisation) -> dict[str, Any]:
    """The mapping that the organisation saved for its table, as plain data (exchange/mapping.py)."""
    form = dialect(BY_CODE[organisation.country].language)
    return {
        "name": form.name,
        "delimiter": form.delimiter,
        "encoding": form.encoding,
        "dates": "iso" if form.day.startswith("%Y") else "day-first",
        "decimal": form.decimal,
        "region": organisation.country,
        "columns": [_column(header, column) for header, column in zip(form.headers, COLUMNS, strict=True)],
    }


def _column(header: str, column: str) -> dict[str, Any]:
    if column in _TARGETS:
        return {"name": header, "target": _TARGETS[column]}
    several = {"list": " "} if column in {"ip", "wallet"} else {}
    return {"name": header, "target": "observable", "role": "mule" if column == "iban" else "attacker", **several}


def key(account: Account) -> str:
    """The case number that stands in the row; a correction has the same."""
    initials = "".join(part[0] for part in account.reporter.slug.split("-"))
    return f"{initials.upper()}-{account.occurred.year}-{account.number:07d}"


def write(accounts: Sequence[Account]) -> bytes:
    """A file of one row an account; all of one organisation."""
    form = dialect(BY_CODE[accounts[0].reporter.country].language)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=form.delimiter, lineterminator="\r\n" if form.delimiter == ";" else "\n")
    writer.writerow(form.headers)
    for account in accounts:
        cells = _cells(account, form)
        writer.writerow([cells.get(column, "") for column in COLUMNS])
    return out.getvalue().encode(form.encoding, errors="replace")


def _cells(account: Account, form: Dialect) -> dict[str, str]:
    language = BY_CODE[account.reporter.country].language
    cells = {
        "id": key(account),
        "occurred": account.occurred.strftime(form.day),
        "reported": account.reported.strftime(form.day),
        "country": account.country,
        "sector": SHORT.get(account.sector, "") if form.name == "bank-en" else account.sector,
        "size": account.size,
        "type": vocabulary(language)[account.crime.speciality],
        "loss": f"{account.loss}{form.decimal}00" if account.loss else "",
        "currency": account.currency if account.loss else "",
        "area": account.area,
        "reference": account.reference,
        "status": form.withdrawn if account.withdrawn else form.corrected if account.version else "",
    }
    for value in account.values:
        column = {"sha256": "hash", "telegram": "handle", "ipv4": "ip", "onion": "domain"}.get(value.kind, value.kind)
        column = "wallet" if value.kind in _WALLETS else column
        text = _spaced(value.value) if column == "iban" and account.number % 3 == 0 else value.value
        if cells.get(column):
            text = f"{cells[column]} {text}" if column in {"ip", "wallet"} else cells[column]
        cells[column] = text
    return cells


def _spaced(iban: str) -> str:
    """An account number in groups of four, as people copy it from a letter."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
