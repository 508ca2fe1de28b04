"""An installation of many reports for ``bench.pages``: those of ``bench.linkage_filled``, linked, two thirds of them
visible to the one who looks."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

SEEN = 133  # of the 200 audiences that the reports are spread over


def people(reports: int) -> dict[str, Any]:
    """Fill and link where there is nothing yet; the operator's account looks, in the role of an analyst."""
    from django.db import connections

    from hueandcry.linkage.crimes import nightly
    from hueandcry.members.models import Person

    looks = Person.objects.get(email="operator@localhost")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM exchange_report)")
        if not cursor.fetchone()[0]:
            env = os.environ | {"DJANGO_SETTINGS_MODULE": "hueandcry.project.settings", "HUEANDCRY_OWNER": "1"}
            command = [
                sys.executable,
                "-m",
                "bench.linkage_filled",
                str(reports),
                str(looks.organisation_id),
                str(looks.pk),
            ]
            subprocess.run(command, env=env, check=True)
            nightly.rebuild_all()
        cursor.execute(
            "INSERT INTO members_audience (id, principals) SELECT a, ARRAY[-a] FROM generate_series(1, 200) a"
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            "INSERT INTO members_audienceprincipal (audience, principal) SELECT a, 2 FROM generate_series(1, %s) a"
            " ON CONFLICT DO NOTHING",
            [SEEN],
        )
        cursor.execute("UPDATE members_person SET roles = ARRAY['analyst', 'reporter'] WHERE id = %s", [looks.pk])
        cursor.execute("VACUUM (ANALYZE)")
    looks.refresh_from_db()
    return {"analyst": looks}
