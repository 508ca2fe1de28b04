"""What a web process loads with its routes: no engine of linkage, which takes seconds and hundreds of megabytes."""

import json
import subprocess
import sys

HEAVY = {"adbc_driver_postgresql", "duckdb", "igraph", "pandas", "pyarrow", "scipy", "splink", "sqlglot", "weasyprint"}
LOAD = """
import json, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hueandcry.project.settings")
import django
django.setup()
import hueandcry.project.urls
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_routes_load_no_engine() -> None:
    run = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stdout.splitlines()[-1]))
    assert {"django", "hueandcry"} <= loaded
    assert sorted(loaded & HEAVY) == []
