"""How long the server takes for each page, and how many queries, on the demonstration data.

    uv run python -m bench.pages [size: small | demo]

Loads the simulated alliance into a scratch installation, signs in as each kind of user, and asks for each page 30 times
in this process (no network, templates and middleware included).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from bench.installation import machine, scratch

TIMES = 30


def _counting(into: list[str]) -> Callable[..., Any]:
    """A wrapper of Django's that notes each statement."""

    def noted(do: Callable[..., Any], sql: str, *rest: Any) -> Any:
        into.append(sql)
        return do(sql, *rest)

    return noted


def main(size: str) -> None:
    """Print the table."""
    with scratch() as folder:
        from django.conf import settings
        from django.db import connection, connections
        from django.test import Client

        from hueandcry.exchange.models import Report, Submission
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import identify, viewer
        from hueandcry.project.commands.exchange import viewer_named
        from hueandcry.world import alliance

        settings.ALLOWED_HOSTS = ["testserver"]
        start = time.perf_counter()
        accounts = alliance.load(
            folder, operator=viewer_named(None), seed=2026, size=size, until=date(2026, 11, 15), told=lambda a, b: None  # type: ignore[arg-type]
        )  # fmt: skip
        with connections["owner"].cursor() as cursor:  # as `hueandcry demo` does
            cursor.execute(
                "VACUUM (ANALYZE) exchange_report, exchange_object, exchange_observation, exchange_observable"
            )
        loaded = time.perf_counter() - start
        people = {a.role: Person.objects.get(email=a.email) for a in accounts}
        analyst = identify(people["analyst"].pk)
        with viewer(analyst):
            count = Report.objects.count()
            report = Report.objects.order_by("-objects_count").values_list("reference", flat=True).first()
            own = Submission.objects.filter(organisation=analyst.organisation).order_by("-read").first()
            organisation = people["analyst"].organisation
        assert report and own and organisation
        print(f"{machine()}; {size}: loaded in {loaded:.0f} s, {count:,} reports visible to the analyst")
        print(f"{'who':14} {'page':46} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'kB':>7}")
        pages = [
            *((role, "/") for role in ("analyst", "reporter", "policy-maker", "secretary", "dpo", "administrator")),
            ("analyst", "/reports/"), ("analyst", "/reports/?q=fraud"), ("analyst", "/reports/?class=fraud&country=DE"),
            ("analyst", "/reports/?order=reported"), ("analyst", "/reports/?holds=iban"), ("analyst", "/reports/?holds=xmr-address"), ("analyst", f"/reports/{report}/"), ("analyst", "/submissions/"),
            ("analyst", "/submissions/add/"), ("analyst", f"/submissions/{own.reference}/"), ("reporter", "/report/"),
            ("analyst", "/picture/"), ("policy-maker", "/picture/?class=fraud&year=2026"), ("analyst", "/organisations/"),
            ("analyst", f"/organisations/{organisation.slug}/"), ("secretary", "/circles/"), ("analyst", "/tokens/"),
            ("dpo", "/audit/"), ("analyst", "/account/profile/"),
        ]  # fmt: skip
        for role, page in pages:
            client = Client()
            client.force_login(people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
            with connection.execute_wrapper(_counting(captured := [])):
                response = client.get(page)
            size_kb = len(response.content) / 1024
            times = []
            for _ in range(TIMES):
                begin = time.perf_counter()
                client.get(page)
                times.append((time.perf_counter() - begin) * 1000)
            times.sort()
            shown = page if len(page) < 46 else page[:20] + "..." + page[-20:]
            mark = "" if response.status_code == 200 else f"  {response.status_code}"
            print(
                f"{role:14} {shown:46} {times[TIMES // 2]:8.1f} {times[int(TIMES * 0.95)]:8.1f} {len(captured):8} {size_kb:7.1f}{mark}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "demo")
