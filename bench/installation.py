"""An installation of its own for a benchmark: an embedded server in a temporary folder, as an operator's would be."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch() -> Iterator[Path]:
    """A migrated installation in a fresh folder, removed afterwards. Durable settings, as in production."""
    folder = Path(tempfile.mkdtemp(prefix="hc-bench-"))
    os.environ["HUEANDCRY_DATA"] = str(folder)
    for name in ("DATABASE_URL", "DATABASE_APP_URL"):
        os.environ.pop(name, None)
    from hueandcry.project.installation import installation

    try:
        with installation() as data:
            yield data
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def machine() -> str:
    """The machine's size, for beside the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
