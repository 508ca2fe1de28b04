"""Three writers at once, killed at random: nothing lost, doubled, unbalanced or misspent. 100,000: ``bench.ledger``."""

from __future__ import annotations

import pytest

from bench import ledger

pytestmark = pytest.mark.usefixtures("database")


def test_what_writers_saw_booked_is_there_and_right() -> None:
    keys, killed = ledger.storm(1_500, lives=4.0, seconds=60.0)
    found = ledger.checked(keys)
    assert found.postings >= 300
    assert killed >= 1
    wrong = {
        name: value for name, value in vars(found).items() if name not in ("postings", "entries", "reversals", "closes")
    }
    assert wrong == dict.fromkeys(wrong, 0)


def test_the_reading_finds_what_is_wrong() -> None:
    """The independent reading is no rubber stamp: what is written past every rule it counts."""
    from django.db import connections

    ledger.setting()
    with connections["owner"].cursor() as cursor:
        for table in ("entry", "posting"):
            cursor.execute(f"ALTER TABLE programmes_{table} DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO programmes_entry"
            " (reference, key, kind, day, words, party, document, act, person, programme_id, component_id)"
            " SELECT gen_random_uuid(), 'wrong', 'disbursement', current_date, 'x', '', '', 0, 1, c.programme_id, c.id"
            " FROM programmes_component c JOIN programmes_programme p ON p.id = c.programme_id"
            " JOIN programmes_fund f ON f.code = 'F1'"
            " WHERE NOT p.countries <@ f.countries ORDER BY c.id LIMIT 1 RETURNING id"
        )
        entry = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO programmes_posting (entry_id, account_id, fund_id, amount, currency, value)"
            " SELECT %s, account, f.id, amount, 'EUR', amount FROM programmes_fund f,"
            " (VALUES ('5000', 100), ('1000', -99)) t(account, amount) WHERE f.code = 'F1'",
            [entry],
        )
        for table in ("entry", "posting"):
            cursor.execute(f"ALTER TABLE programmes_{table} ENABLE TRIGGER USER")
    found = ledger.checked(["never booked"])
    assert (found.unbalanced, found.trial, found.lost, found.misspent, found.overspent) == (1, 1, 1, 1, 1)
    assert found.kept_wrong == 2
