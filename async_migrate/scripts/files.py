"""Reading files and folders, from the disk or from inside a zip archive that Python imports from.

A path into an archive looks like any other, ``app.zip/app/migrations/versions/1a2b.py``, so nothing else
has to know where an application's package lives.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["folder_exists", "list_files", "read_bytes"]


def read_bytes(path: str | Path) -> bytes:
    """Return the contents of a file.

    Raises:
        OSError: If there is no such file, or it may not be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except NotADirectoryError:
        return _read_archived(Path(path))
    # Half the cost of open(): thousands of small files are read when a history is.
    try:
        parts = [os.read(descriptor, 1 << 16)]
        while len(parts[-1]) == 1 << 16:
            parts.append(os.read(descriptor, 1 << 16))
        return b"".join(parts)
    finally:
        os.close(descriptor)


def folder_exists(path: Path) -> bool:
    """Return whether there is such a folder."""
    if path.is_dir():
        return True
    archive = _archive_around(path)
    return archive is not None and any(_archived_names(archive, path))


def list_files(folder: Path, *, recursive: bool, compiled: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the path of each file of a folder, and what it is called once symbolic links are followed.

    The files of a folder come in the order of their names, then those of its sub-folders. A folder that
    does not exist has no files: version control does not keep an empty one.

    Args:
        folder: Where to look.
        recursive: Whether to look into sub-folders too.
        compiled: Whether to look into ``__pycache__`` too.
    """
    if folder.is_dir():
        yield from _list_folder(str(folder), os.path.realpath(folder), recursive, compiled)
    elif (archive := _archive_around(folder)) is not None:
        for name in sorted(_archived_names(archive, folder)):
            if recursive or "/" not in name:
                yield str(folder / name), str(folder / name)


def _list_folder(folder: str, real_folder: str, recursive: bool, compiled: bool) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_file():
            # The kernel is asked only about links: everything else lies where its folder does.
            linked = entry.is_symlink()
            yield entry.path, os.path.realpath(entry.path) if linked else f"{real_folder}{os.sep}{entry.name}"
    for entry in found:
        wanted = compiled if entry.name == "__pycache__" else recursive
        if wanted and entry.is_dir(follow_symlinks=False):
            yield from _list_folder(entry.path, f"{real_folder}{os.sep}{entry.name}", recursive, compiled)


# --- archives ----------------------------------------------------------------------------------------------


def _archive_around(path: Path) -> Path | None:
    return next((parent for parent in path.parents if parent.is_file()), None)


def _read_archived(path: Path) -> bytes:
    from zipimport import ZipImportError, zipimporter

    try:
        archive = zipimporter(str(_archive_around(path)))
    except ZipImportError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from None
    try:
        return archive.get_data(str(path))
    except OSError:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None


def _archived_names(archive: Path, folder: Path) -> Iterator[str]:
    """Yield the files below a folder in an archive, relative to that folder."""
    from zipfile import BadZipFile, ZipFile

    inside = folder.relative_to(archive).as_posix() + "/"
    try:
        with ZipFile(archive) as opened:
            names = opened.namelist()
    except BadZipFile:
        return
    for name in names:
        if name.startswith(inside) and not name.endswith("/"):
            yield name.removeprefix(inside)
