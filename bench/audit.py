"""How many audited acts a second, with 1 and 8 clients, while the sealer chains them.

    uv run python -m bench.audit [seconds]

Each client is a process of its own that enters a viewer, records one act and commits, again and again, as each page view
does. The sealer runs beside them every second; at the end the chain is verified.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from bench.installation import machine, scratch

CLIENT = """
import os, sys, time, django
django.setup()
from hueandcry.audit.actions import record
from hueandcry.members.models import Person
from hueandcry.members.viewer import identify, viewer
by = identify(Person.objects.get(email="operator@localhost").pk)
print("ready", flush=True); sys.stdin.readline()
end, acts = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    with viewer(by):
        record(by=by, verb="read", kind="report", thing=acts)
    acts += 1
print(acts, flush=True)
"""


def run(clients: int, seconds: float) -> int:
    """Acts recorded by so many clients in so many seconds."""
    started = [
        subprocess.Popen([sys.executable, "-c", CLIENT, str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(clients)
    ]  # fmt: skip
    for child in started:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
    for child in started:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return sum(int(child.communicate()[0]) for child in started)


def main(seconds: float) -> None:
    """Print the table."""
    with scratch() as folder:
        from django.db import connection

        from hueandcry.audit import chain

        ended = threading.Event()

        def sealer() -> None:
            while not ended.wait(1.0):
                chain.seal(folder)
            connection.close()

        thread = threading.Thread(target=sealer)
        thread.start()
        print(f"{machine()}; each act a transaction of its own, durable, sealer beside them\nclients   acts/s   ratio")
        first = 0.0
        for clients in (1, 8):
            rate = run(clients, seconds) / seconds
            first = first or rate
            print(f"{clients:7} {rate:8,.0f} {rate / first:7.2f}", flush=True)
        ended.set()
        thread.join()
        start = time.perf_counter()
        chain.seal(folder)
        sealed = time.perf_counter() - start
        verdict = chain.verify(folder)
        print(f"sealed {verdict.sealed:,} acts, {verdict.unsealed} left (last seal {sealed:.1f} s); verified in "
              f"{time.perf_counter() - start - sealed:.1f} s: {'sound' if not verdict.faults else verdict.faults[:3]}")  # fmt: skip


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
