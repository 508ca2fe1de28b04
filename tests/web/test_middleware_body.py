"""A body that announces too much is refused before it is read."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import RequestFactory

from hueandcry.web.middleware import bounded_body


def test_too_large_a_body_is_not_read(settings: Any) -> None:
    settings.BODY_LIMIT = 1024 * 1024
    answer = bounded_body(lambda request: HttpResponse("read"))
    make = RequestFactory()
    assert answer(make.post("/x/", CONTENT_LENGTH=str(1024 * 1024))).status_code == 200
    refused = answer(make.post("/x/", CONTENT_LENGTH=str(1024 * 1024 + 1)))
    assert refused.status_code == 413
    assert b"1 MiB" in refused.content
    assert b"Nothing was kept" in refused.content
