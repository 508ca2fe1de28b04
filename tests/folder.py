"""Names a data folder of the session's own before anybody reads the settings: `-p tests.folder` in pytest's options.

Without that option conftest.py imports this later, and sets right what the settings took from the environment; but
the settings have then made the operator's own data folder, if there was none.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

DATA = Path(tempfile.mkdtemp(prefix="hc-test-", dir="/tmp"))  # a short path: a socket's may have 107 characters
DATA.chmod(0o755)  # as root the server is a user of its own, who has to walk through
os.environ["HUEANDCRY_DATA"] = str(DATA)
os.environ["HUEANDCRY_OWNER"] = "1"
for _name in ("DATABASE_URL", "DATABASE_APP_URL"):  # never the operator's own database: it is emptied here
    os.environ.pop(_name, None)
if os.environ.get("HUEANDCRY_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["HUEANDCRY_TEST_DATABASE_URL"]
