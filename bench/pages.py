"""How long the server takes for each page, what it computes for it, and how many statements, on demonstration data.

    uv run python -m bench.pages [small | demo | a number of reports] [--only WORD] [--times 30] [--folder DIR]

Loads the simulated alliance into a scratch installation (or that many reports made by arrays of numbers, of which one
viewer sees two thirds), signs in as each kind of user, and asks for each page in this process (no network, templates and
middleware included). ``here`` and ``there`` are the milliseconds of CPU that one request costs Python and PostgreSQL:
what they say holds on a machine that does other things as well, which p50 and p95 do not. With ``--folder`` the
installation stays in that folder, and is taken as it is where it is there already.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.installation import machine, scratch

HEAD = f"{'who':14} {'page':46} {'p50 ms':>8} {'p95 ms':>8} {'here':>7} {'there':>7} {'queries':>8} {'kB':>7}"
NAMES = 46  # characters of an address in the table


@dataclass(frozen=True, slots=True)
class Row:
    """What one page took. Milliseconds; ``here`` and ``there`` are CPU a request, of this process and of the server's."""

    p50: float
    p95: float
    here: float
    there: float
    queries: int
    kilobytes: float
    status: int


def main(size: str, only: str, times: int, folder: Path | None) -> None:
    """Print the table."""
    with _installation(folder):
        from django.conf import settings

        from bench import pages_filled, pages_linkage

        settings.ALLOWED_HOSTS = ["testserver"]
        start = time.perf_counter()
        people = pages_filled.people(int(size)) if size.isdecimal() else _demo(size)
        loaded = time.perf_counter() - start
        pages = [*([] if size.isdecimal() else _exchange(people)), *pages_linkage.pages(people)]
        print(f"{machine()}; {size}: loaded in {loaded:.0f} s, {_visible(people):,} reports visible to the analyst")
        print(HEAD)
        for role, page in pages:
            if only in page:
                row = measure(people[role], page, times)
                mark = "" if row.status == 200 else f"  {row.status}"
                print(
                    f"{role:14} {_short(page):46} {row.p50:8.1f} {row.p95:8.1f} {row.here:7.1f} {row.there:7.1f}"
                    f" {row.queries:8} {row.kilobytes:7.1f}{mark}",
                    flush=True,
                )


@contextmanager
def _installation(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        with scratch() as data:
            yield data
        return
    os.environ["HUEANDCRY_DATA"] = str(folder.absolute())
    for name in ("DATABASE_URL", "DATABASE_APP_URL"):
        os.environ.pop(name, None)
    from hueandcry.project.installation import installation

    with installation() as data:
        yield data


def _demo(size: str) -> dict[str, Any]:
    """The people of the simulated alliance by their roles; loaded where it is not there yet."""
    from datetime import date

    from django.db import connections

    from hueandcry.members.models import Person
    from hueandcry.project.commands.exchange import viewer_named
    from hueandcry.project.folder import data_folder
    from hueandcry.world import alliance

    accounts = alliance.load(
        data_folder(), operator=viewer_named(None), seed=2026, size=size, until=date(2026, 11, 15),  # type: ignore[arg-type]
        told=lambda a, b: None,
    )  # fmt: skip
    with connections["owner"].cursor() as cursor:  # as `hueandcry demo` does
        cursor.execute("VACUUM (ANALYZE)")
    return {a.role: Person.objects.get(email=a.email) for a in accounts}


def _visible(people: dict[str, Any]) -> int:
    from hueandcry.exchange.models import Report
    from hueandcry.members.viewer import identify, viewer

    with viewer(identify(people["analyst"].pk)):
        return Report.objects.count()


def _exchange(people: dict[str, Any]) -> list[tuple[str, str]]:
    """Who asks for which page of the desks but linkage."""
    from hueandcry.exchange.models import Report, Submission
    from hueandcry.members.viewer import identify, viewer

    with viewer(identify(people["analyst"].pk)) as analyst:
        report = Report.objects.order_by("-objects_count").values_list("reference", flat=True).first()
        own = Submission.objects.filter(organisation=analyst.organisation).order_by("-read").first()
        organisation = people["analyst"].organisation
    assert report and own and organisation
    return [
        *((role, "/") for role in ("analyst", "reporter", "policy-maker", "secretary", "dpo", "administrator")),
        ("analyst", "/reports/"), ("analyst", "/reports/?q=fraud"), ("analyst", "/reports/?class=fraud&country=DE"),
        ("analyst", "/reports/?order=reported"), ("analyst", "/reports/?holds=iban"),
        ("analyst", "/reports/?holds=xmr-address"), ("analyst", f"/reports/{report}/"), ("analyst", "/submissions/"),
        ("analyst", "/submissions/add/"), ("analyst", f"/submissions/{own.reference}/"), ("reporter", "/report/"),
        ("analyst", "/picture/"), ("policy-maker", "/picture/?class=fraud&year=2026"), ("analyst", "/organisations/"),
        ("analyst", f"/organisations/{organisation.slug}/"), ("secretary", "/circles/"), ("analyst", "/tokens/"),
        ("dpo", "/audit/"), ("analyst", "/account/profile/"),
    ]  # fmt: skip


def measure(person: Any, page: str, times: int) -> Row:
    """Ask for a page so many times as this person, after once to warm up, which counts its statements."""
    from django.db import connection
    from django.test import Client

    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    captured: list[str] = []
    with connection.execute_wrapper(_counting(captured)):
        response = client.get(page)
        content = response.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = int(cursor.fetchone()[0])
    taken = []
    here, there = time.process_time(), _spent(server)
    for _ in range(times):
        begin = time.perf_counter()
        client.get(page).getvalue()  # a download too is made to its end
        taken.append((time.perf_counter() - begin) * 1000)
    here, there = time.process_time() - here, _spent(server) - there
    taken.sort()
    return Row(
        taken[times // 2], taken[int(times * 0.95)], 1000 * here / times, 1000 * there / times, len(captured),
        len(content) / 1024, response.status_code,
    )  # fmt: skip


def _spent(pid: int) -> float:
    """CPU seconds that a process had so far, to the nanosecond; what its parallel workers had is not in it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _counting(into: list[str]) -> Callable[..., Any]:
    """A wrapper of Django's that notes each statement."""

    def noted(do: Callable[..., Any], sql: str, *rest: Any) -> Any:
        into.append(sql)
        return do(sql, *rest)

    return noted


def _short(page: str) -> str:
    return page if len(page) <= NAMES else page[:18] + "..." + page[-(NAMES - 21) :]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("size", nargs="?", default="demo")
    parser.add_argument("--only", default="", help="pages whose address holds this")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    main(asked.size, asked.only, asked.times, asked.folder)
