import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hueandcry.project import folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_environment_names_the_data_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUEANDCRY_DATA", str(place / "a" / "b"))
    assert folder.data_folder() == place / "a" / "b"
    assert mode(place / "a" / "b") == (0o711 if os.geteuid() == 0 else 0o700)


def test_root_keeps_its_data_under_var_lib_and_others_at_home(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUEANDCRY_DATA", raising=False)
    taken: list[Path] = []
    monkeypatch.setattr(folder, "adopt", lambda path: taken.append(path) or path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    folder.data_folder()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", str(place))
    folder.data_folder()
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", "/home/ada")
    folder.data_folder()
    assert taken == [
        Path("/var/lib/hueandcry"),
        place / "hueandcry",
        Path("/home/ada/.local/share/hueandcry"),
    ]


def test_parents_and_folders_in_use_keep_their_modes(place: Path) -> None:
    parent = place / "closed"
    parent.mkdir(mode=0o750)
    (parent / "data").mkdir(mode=0o750)
    (parent / "data" / "somebody's file").touch()
    folder.adopt(parent / "data")
    assert (mode(place), mode(parent), mode(parent / "data")) == (0o755, 0o750, 0o750)


def test_a_file_in_the_way_is_named(place: Path) -> None:
    (place / "data").touch()
    with pytest.raises(folder.FolderError, match=r"data cannot be used.*HUEANDCRY_DATA"):
        folder.adopt(place / "data")


def test_secrets_are_private_and_stay(place: Path) -> None:
    value = folder.secret("django", folder=place)
    assert len(value) == 64
    assert folder.secret("django", folder=place) == value
    assert folder.secret("other", 16, folder=place) != value
    assert mode(place / "secrets") == 0o700
    assert {mode(path) for path in (place / "secrets").iterdir()} == {0o600}
    assert {path.name for path in (place / "secrets").iterdir()} == {"django", "other"}, "no drafts are left"


def test_secrets_asked_for_at_once_are_the_same(place: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        values = set(pool.map(lambda _: folder.secret("one", folder=place), range(64)))
    assert len(values) == 1


def test_a_secret_whose_draft_was_left_by_a_crash_is_made_anew(place: Path) -> None:
    (place / "secrets").mkdir()
    (place / "secrets" / ".one.0011").write_text("half")
    assert len(folder.secret("one", folder=place)) == 64


def test_an_empty_secret_is_refused_not_used(place: Path) -> None:
    (place / "secrets").mkdir()
    (place / "secrets" / "one").touch()
    with pytest.raises(folder.FolderError, match="empty"):
        folder.secret("one", folder=place)


@pytest.mark.parametrize("name", ["", "../passwd", "a/b", ".hidden", "UPPER"])
def test_a_secret_cannot_be_called_that(name: str, place: Path) -> None:
    with pytest.raises(folder.FolderError):
        folder.secret(name, folder=place)


@pytest.mark.parametrize(("text", "number"), [("", 8765), ("80", 80), ("65535", 65535)])
def test_port(text: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    assert folder.port() == number


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "1e3", "٣", "800000000000"])
def test_no_port(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(folder.FolderError):
        folder.port()
