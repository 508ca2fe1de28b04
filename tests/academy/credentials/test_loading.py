"""The library that signs and checks is loaded by whoever first needs it, also where several need it at once."""

from __future__ import annotations

import subprocess
import sys

AT_ONCE = """
import importlib, sys, threading
sys.setswitchinterval(1e-6)
names = ["verify", "issue", "contexts", "published", "bundles", "offline"]
start, wrong = threading.Barrier(len(names)), []
def load(name):
    start.wait()
    try:
        module = importlib.import_module("hueandcry.academy.credentials." + name)
        if name == "offline":
            module.contexts_now()
    except BaseException as error:
        wrong.append(repr(error))
threads = [threading.Thread(target=load, args=(name,)) for name in names]
for each in threads: each.start()
for each in threads: each.join()
sys.exit("; ".join(wrong) or 0)
"""
SET_UP = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'hueandcry.project.settings'; django.setup()"


def test_several_requests_may_load_it_at_once() -> None:
    """openvc imports its own parts in a circle: two threads that began at two of them waited for each other, and
    Python ended one with an error, in one start of three."""
    for _again in range(4):
        done = subprocess.run(
            [sys.executable, "-c", SET_UP + AT_ONCE], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
