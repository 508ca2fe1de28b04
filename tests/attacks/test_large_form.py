"""A stranger who sends much: nothing of it is read, and nothing kept on the disk meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.test import Client

from hueandcry.members import strangers
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def test_a_form_with_files_is_read_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the address, and with a session and a token of one's own making; who is signed in may send it."""
    spooled: list[str] = []
    begin = FileUploadHandler.new_file

    def begun(self: FileUploadHandler, field: str, *args: Any, **more: Any) -> None:
        spooled.append(field)
        begin(self, field, *args, **more)

    monkeypatch.setattr(FileUploadHandler, "new_file", begun)
    stranger = Client(enforce_csrf_checks=True, headers={"Authorization": "Bearer hc_none"})
    stranger.cookies["sessionid"] = "x" * 32
    stranger.cookies["csrftoken"] = "x" * 32

    def send(client: Client, path: str, size: int) -> int:
        return client.post(path, {"file": SimpleUploadedFile("much.csv", b"x" * size)}).status_code

    for path in ("/account/login/", "/submissions/add/", "/account/password/reset/"):
        assert send(stranger, path, strangers.MOST) == 413
    assert send(stranger, "/api/v1/submissions", strangers.MOST) == 401
    assert spooled == []
    assert send(stranger, "/account/login/", 10) == 403, "a small form is read, and found to be forged"
    assert spooled == ["file"]
    assert send(factory.signed_in(factory.person(factory.organisation())), "/account/profile/", strangers.MOST) == 200
