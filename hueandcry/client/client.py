"""The client: what REST v1 can do, one method each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx

from hueandcry.client.calls import Caller, Problem
from hueandcry.client.things import (
    Circle,
    Handling,
    Notice,
    Object,
    Organisation,
    Question,
    Receipt,
    Report,
    Request,
    Sighting,
    Submission,
    Who,
    made,
)

T = TypeVar("T")
Reference = UUID | str


class Client:
    """One server and one token. Use it as a context, or ``close`` it.

    ``url`` is the alliance's, with or without ``/api/v1``. ``timeout`` in seconds holds for each step of a call;
    ``tries`` bounds how often a call is repeated that failed on the way or was told to come back. Every method raises
    Problem.
    """

    def __init__(
        self, url: str, token: str, *, timeout: float = 60.0, tries: int = 5,
        transport: httpx.BaseTransport | None = None, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        root = url.rstrip("/").removesuffix("/api/v1")
        self._http = httpx.Client(
            base_url=f"{root}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=timeout,
            transport=transport, follow_redirects=False,  # a redirect would carry the token elsewhere
        )  # fmt: skip
        self._caller = Caller(self._http, tries=tries, sleep=sleep)
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    # Who

    def whoami(self) -> Who:
        """Who the token acts for, and what it may do."""
        return made(Who, self._caller.json("GET", "whoami"))

    def organisations(
        self, *, q: str = "", kind: Iterable[str] = (), country: Iterable[str] = ()
    ) -> Iterator[Organisation]:
        """The directory, as the token's person sees it."""
        asked = {"q": q, "kind": list(kind), "country": list(country)}
        return self._pages("organisations", "organisations", Organisation, asked, 200)

    def circles(self) -> Iterator[Circle]:
        """The circles that the token's organisation is in."""
        return self._pages("circles", "circles", Circle, {}, 200)

    # Sending

    def submit(
        self, what: str | os.PathLike[str] | bytes, *, filename: str = "", format: str = "", tlp: str = "",  # noqa: A002
        wait: bool = True,
    ) -> Receipt:  # fmt: skip
        """Send a file, by its path or its bytes, and give its receipt. The same bytes give the first receipt.

        With ``wait`` the server reads a small file at once; a large one it reads later: see ``wait_for``.
        """
        raw = what if isinstance(what, bytes) else Path(what).read_bytes()
        name = filename or ("" if isinstance(what, bytes) else Path(what).name)
        asked = {"filename": name, "format": format, "tlp": tlp, "wait": "true" if wait else "false"}
        sent = self._caller.json(
            "POST", "submissions", params=_given(asked), content=raw,
            headers={"Content-Type": "application/octet-stream"},
        )  # fmt: skip
        return made(Receipt, sent)

    def receipt(self, submission: Reference) -> Receipt:
        """The receipt of a submission as it stands now."""
        return made(Receipt, self._caller.json("GET", f"submissions/{submission}"))

    def wait_for(self, submission: Reference, *, at_most: float = 600.0, every: float = 2.0) -> Receipt:
        """The receipt once the submission has been read. Raises Problem after ``at_most`` seconds."""
        until = time.monotonic() + at_most
        while True:
            found = self.receipt(submission)
            if found.finished:
                return found
            if time.monotonic() + every > until:
                raise Problem(0, "unfinished", f"It is still being read after {at_most:g} seconds.", again_in=every)
            self._sleep(every)

    def submissions(self, *, state: str = "") -> Iterator[Submission]:
        """The submissions of the token's organisation, the latest first."""
        return self._pages("submissions", "submissions", Submission, {"state": state}, 100)

    # Reading

    def reports(self, **filters: Any) -> Iterator[Report]:
        """The reports asked for, page after page. Filters are those of the list: q, country, sector, source, tlp,
        state, kind, holds, organisation, own, since, until, sort; ``class_`` for class. Several values as a list."""
        return self._pages("reports", "reports", Report, filters, 100)

    def reports_of(self, submission: Reference) -> Iterator[Report]:
        """The reports that a submission made."""
        return self._pages(f"submissions/{submission}/reports", "reports", Report, {}, 100)

    def report(self, reference: Reference) -> Report:
        """One report with its account, handling and values."""
        return made(Report, self._caller.json("GET", f"reports/{reference}"))

    def objects(self, reference: Reference) -> Iterator[Object]:
        """The elements of a report, without their text."""
        return self._pages(f"reports/{reference}/objects", "objects", Object, {}, 100)

    def object(self, reference: Reference, number: int) -> Object:
        """One element of a report with its text exactly as received."""
        return made(Object, self._caller.json("GET", f"reports/{reference}/objects/{number}"))

    def export(
        self, to: str | os.PathLike[str], *, format: str = "stix", reports: Iterable[Reference] = (), **filters: Any  # noqa: A002
    ) -> int:  # fmt: skip
        """Write reports to a file (``format`` stix, csv or misp) and give its size in bytes. A file that did not come
        whole is not left behind."""
        asked = _given({"format": format, "report": [str(one) for one in reports], **filters})
        target = Path(to)
        part = target.with_name(target.name + ".part")
        opened = self._http.build_request("GET", "export", params=asked)
        response = self._caller.tried(lambda: self._http.send(opened, stream=True))
        try:
            with part.open("wb") as out:
                for piece in response.iter_bytes():
                    out.write(piece)
            part.replace(target)
        except httpx.TransportError as error:
            raise Problem(0, "cut off", f"The file did not come whole: {error}", again_in=60.0) from error
        finally:
            response.close()
            part.unlink(missing_ok=True)
        return target.stat().st_size

    # One's own reports

    def correct(self, reference: Reference, *, reason: str, **changes: Any) -> None:
        """Put right what one's own report says."""
        self._write("PATCH", f"reports/{reference}", {"reason": reason, **changes})

    def withdraw(self, reference: Reference, *, reason: str) -> None:
        """Say that one's own report no longer holds."""
        self._write("POST", f"reports/{reference}/withdraw", {"reason": reason})

    def restore(self, reference: Reference, *, reason: str) -> None:
        """Undo a withdrawal or a replacement."""
        self._write("POST", f"reports/{reference}/restore", {"reason": reason})

    def supersede(self, reference: Reference, *, successor: Reference, reason: str) -> None:
        """Say that another of one's own reports takes this one's place."""
        self._write("POST", f"reports/{reference}/supersede", {"successor": str(successor), "reason": reason})

    def handling(self, reference: Reference) -> Handling:
        """How one's own report is handled, and whom it is addressed to."""
        return made(Handling, self._caller.json("GET", f"reports/{reference}/handling"))

    def handle(self, reference: Reference, *, reason: str, **changes: Any) -> None:
        """Change how one's own report is handled: tlp, pap, codes, recipients, ..."""
        self._write("PATCH", f"reports/{reference}/handling", {"reason": reason, **changes})

    def grant(self, reference: Reference, *, to: Iterable[str], reason: str) -> None:
        """Let others see one's own report: alliance, circle:<slug>, organisation:<slug>, person:<e-mail>."""
        self._write("POST", f"reports/{reference}/grants", {"to": list(to), "reason": reason})

    def take_back(self, reference: Reference, *, recipient: str, reason: str) -> None:
        """Take back that somebody may see one's own report."""
        self._caller.json("DELETE", f"reports/{reference}/grants/{recipient}", params={"reason": reason})

    # Sightings

    def sight(self, **told: Any) -> Receipt:
        """Tell that one saw a ``report``, an ``object`` (STIX id), or a ``value`` of a ``type``: count, first_seen,
        last_seen, where ("own", "victim", "other"), words, tlp."""
        return made(Receipt, self._caller.json("POST", "sightings", json=_plain(told)))

    def sightings(self, **of: Any) -> list[Sighting]:
        """Who saw a ``report``, or a ``value`` of a ``type``."""
        found = self._caller.json("GET", "sightings", params=_given(_plain(of)))
        return [made(Sighting, one) for one in found["sightings"]]

    # Hits and requests, and what one was told

    def look_up(self, values: Iterable[str], *, purpose: str, words: str, case: str = "", type: str = "") -> Question:  # noqa: A002
        """Ask whether others hold values, never what: ``purpose`` is investigation or prevention."""
        body = {"values": list(values), "purpose": purpose, "words": words, "case": case, "type": type}
        return made(Question, self._caller.json("POST", "hits", json=body))

    def ask(self, values: Iterable[str], *, purpose: str, words: str, answer_by: date, case: str = "") -> Request:
        """Ask those who hold them to show what they hold on values that were hits."""
        body = {"values": list(values), "purpose": purpose, "words": words, "answer_by": answer_by, "case": case}
        return made(Request, self._caller.json("POST", "requests", json=_plain(body)))

    def requests(self, *, side: str = "ours", **filters: Any) -> Iterator[Request]:
        """The requests that came to one's organisation (``ours``), or that it made (``mine``)."""
        return self._pages("requests", "requests", Request, {"side": side, **filters}, 0)

    def request(self, reference: Reference) -> Request:
        """One request with its parts."""
        return made(Request, self._caller.json("GET", f"requests/{reference}"))

    def notices(self, *, unread: bool = False) -> Iterator[Notice]:
        """What the token's person was told, the latest first."""
        return self._pages("notices", "notices", Notice, {"unread": "true" if unread else ""}, 100)

    def _write(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        self._caller.json(method, path, json=_plain(body))

    def _pages(self, path: str, name: str, kind: type[T], filters: Mapping[str, Any], size: int) -> Iterator[T]:
        asked = _given({**_plain(filters), "limit": size or None})
        while True:
            page = self._caller.json("GET", path, params=asked)
            for row in page[name]:
                yield made(kind, row)
            if not page["next"]:
                return
            asked = {**asked, "after": page["next"]}


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that say something, by their names in the address."""
    return {name.rstrip("_"): value for name, value in asked.items() if value not in ("", None, [], ())}


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as JSON and addresses take it."""
    return {name: _simple(value) for name, value in content.items()}


def _simple(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return [_simple(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
