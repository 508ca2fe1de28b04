"""What stands in an address is chosen by whoever asks: no list breaks over it, and nothing of it runs."""

from __future__ import annotations

import re

import pytest

from tests import factory

pytestmark = pytest.mark.usefixtures("database")
LISTS = (
    "/reports/", "/submissions/", "/alerts/", "/recalls/", "/permissions/", "/reviews/", "/hits/", "/requests/",
    "/connections/", "/mail/", "/crimes/", "/operations/", "/operations/tasks/", "/review/", "/review/disputes/",
    "/deconfliction/", "/rooms/", "/forum/", "/picture/", "/picture/signals/", "/picture/reference/rates/",
    "/picture/reference/denominators/", "/organisations/", "/circles/", "/tokens/", "/audit/", "/audit/mine/",
    "/notices/", "/webhooks/", "/search/",
)  # fmt: skip
ALWAYS = ("q", "sort", "after", "before", "format")
HOSTILE = (
    "%00", "%ED%A0%80", "%C2%B2", "9" * 400, "-1", "1e999", "0001-01-01", "9999-12-31", "WzEsMV0", "W251bGwsMV0",
    "%27%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "%25%5C_(a%2B)%2B%24",
)  # fmt: skip


def test_no_parameter_of_a_list_breaks_it_or_runs_in_it() -> None:
    office = factory.office()
    browser = factory.signed_in(factory.person(office, ("administrator", "analyst", "secretary", "dpo")))
    wrong: list[str] = []
    for number, address in enumerate(LISTS):
        page = browser.get(address)
        assert page.status_code != 404, f"{address} is gone: this attack looks at nothing"
        found = re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', page.content.decode())
        names = sorted({*ALWAYS, *found} - {"csrfmiddlewaretoken"})
        asked = [f"{name}={HOSTILE[0]}" for name in names]  # one by one; of the others all at once, some each
        values = {HOSTILE[-2], HOSTILE[1 + number % 9]}
        asked += ["&".join(f"{name}={value}" for name in names if name != "format") for value in values]
        for query in asked:
            try:
                answer = browser.get(f"{address}?{query}")
            except Exception as error:  # whatever it is, it would be a page that says we broke
                wrong.append(f"{address}?{query}: {error!r}")
                continue
            if answer.status_code >= 500 or b"<script>alert" in getattr(answer, "content", b""):
                wrong.append(f"{address}?{query}")
    assert wrong == []
