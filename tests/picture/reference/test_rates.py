"""Files of exchange rates, in the forms in which they are published, whole and broken."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from hueandcry.picture.reference import rates
from hueandcry.picture.reference.csv_file import BadFile

TODAY = date(2026, 11, 22)
# As the European Central Bank writes eurofxref-hist.csv: newest first, N/A, a comma at each row's end.
HIST = """Date,USD,JPY,CYP,TRY,
2025-01-15,1.0300,162.12,N/A,36.5731,
2025-01-14,1.0245,161.74,N/A,36.3577,
1999-01-04,1.1789,133.73,0.58231,N/A,
"""


def read(text: str | bytes, **more: str) -> dict[tuple[str, str], Decimal]:
    found = rates.read(text.encode() if isinstance(text, str) else text, today=TODAY, **more)
    return {(r.currency, r.day.isoformat()): r.per_euro for r in found.rates}


def problems(text: str, **more: str) -> tuple[str, ...]:
    with pytest.raises(BadFile) as caught:
        read(text, **more)
    return caught.value.problems


def test_the_banks_history() -> None:
    found = rates.read(HIST.encode(), today=TODAY)
    assert read(HIST)["USD", "2025-01-14"] == Decimal("1.0245")
    assert len(found.rates) == 8
    assert {r.source for r in found.rates} == {rates.ECB}
    assert found.passed == {"CYP: a currency that is no more": 1, "no rate was set": 1}


def test_the_zip_it_comes_in_and_the_daily_file() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("eurofxref-hist.csv", HIST)
    assert read(packed.getvalue()) == read(HIST)
    assert read("Date, USD, JPY, \n15 January 2025, 1.0300, 162.12, \n") == {
        ("USD", "2025-01-15"): Decimal("1.0300"), ("JPY", "2025-01-15"): Decimal("162.12"),
    }  # fmt: skip


def test_sdmx_of_the_bank_and_of_eurostat() -> None:
    bank = (
        "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
        "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2025-01-14,1.0245,A\n"
        "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2025-01-18,NaN,H\n"
    )
    eurostat = (
        "DATAFLOW,LAST UPDATE,freq,statinfo,unit,currency,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
        "ESTAT:ERT_BIL_EUR_D(1.0),16/01/25,D,AVG,NAC:National currency,USD:US dollar,2025-01-14,1.0245,\n"
    )
    assert read(bank) == read(eurostat) == {("USD", "2025-01-14"): Decimal("1.0245")}
    assert "no day; load daily rates" in problems(bank.replace("2025-01-14", "2025-01"))[0]
    assert "for one euro" in problems(bank.replace(",EUR,SP00,A,2025-01-14", ",GBP,SP00,A,2025-01-14"))[0]


def test_ones_own_form_names_its_source() -> None:
    plain = "currency;day;per_euro\nXOF;2026-01-05;655.957\n"
    assert "whose rate" in problems(plain)[0]
    assert read(plain, source="Central bank") == {("XOF", "2026-01-05"): Decimal("655.957")}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("1.0245", "1,0245", "Row 3 has"),
        ("1.0245", "0", 'Row 3, column "USD": "0" is no rate'),
        ("1.0245", "-1", 'Row 3, column "USD"'),
        ("1.0245", "1e300", 'Row 3, column "USD"'),
        ("1.0245", "Infinity", 'Row 3, column "USD"'),
        ("1.0245", "10.245", "slip of the decimal point"),
        ("2025-01-14", "14/01/2025", 'Row 3, column "Date": "14/01/2025" is no day'),
        ("2025-01-15", "2027-01-15", "in the future"),
        ("1999-01-04", "1998-01-04", "before the euro"),
        ("USD", "USX", "no currency"),
        ("USD", "EUR", "no currency beside the euro"),
        ("2025-01-15", "2025-01-14", "another rate for 2025-01-14"),
        ("Date,USD", "Date,JPY", "stands there twice"),
        ("Date,", "When,", "no header of rates"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(before: str, after: str, told: str) -> None:
    assert told in " ".join(problems(HIST.replace(before, after, 1)))


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"PK\x03\x04broken", b"Date\n", b"Date,USD\n", b'Date,USD\n"2025']
)
def test_what_is_no_table_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFile):
        rates.read(raw, today=TODAY)


def test_a_thousand_problems_are_told_as_twenty() -> None:
    rows = "".join(f"USX,2025-01-{1 + n % 28:02},1.0\n" for n in range(1_000))
    found = problems("currency,day,per_euro\n" + rows, source="x")
    assert len(found) == 21
    assert found[-1] == "And 980 more of the like."
