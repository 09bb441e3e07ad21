"""Files are read from folders and archives alike."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from async_migrate.scripts.files import folder_exists, list_files, read_bytes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as opened:
        opened.writestr("app/b.py", "in the archive")
        opened.writestr("app/a.py", "")
        opened.writestr("app/inner/c.py", "")
        opened.writestr("application.py", "")
    return tmp_path / "app.zip"


def test_a_file_in_an_archive(archive: Path) -> None:
    assert read_bytes(archive / "app" / "b.py") == b"in the archive"


def test_a_folder_in_an_archive(archive: Path) -> None:
    assert folder_exists(archive / "app")
    assert folder_exists(archive / "app" / "inner")
    assert not folder_exists(archive / "application.py")
    assert not folder_exists(archive / "ap")
    flat = [path for path, _ in list_files(archive / "app", recursive=False)]
    assert flat == [str(archive / "app" / "a.py"), str(archive / "app" / "b.py")]
    deep = [path for path, _ in list_files(archive / "app", recursive=True)]
    assert deep == [*flat, str(archive / "app" / "inner" / "c.py")]
    assert list(list_files(archive / "nothing", recursive=True)) == []


@pytest.mark.parametrize("name", ["nothing.py", "app.zip/nothing.py", "app.zip/app"])
def test_a_missing_file(name: str, archive: Path) -> None:
    with pytest.raises(FileNotFoundError, match=name):
        read_bytes(archive.parent / name)


def test_a_path_through_a_file_that_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not an archive")
    with pytest.raises(NotADirectoryError):
        read_bytes(tmp_path / "file" / "x.py")
    assert not folder_exists(tmp_path / "file" / "x")
    assert list(list_files(tmp_path / "file" / "x", recursive=True)) == []
