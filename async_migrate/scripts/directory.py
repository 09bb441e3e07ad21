"""The folders that a project keeps its revisions in, and the history that their files make."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from async_migrate.errors import VersionPathError
from async_migrate.history.graph import RevisionGraph
from async_migrate.scripts.files import list_files
from async_migrate.scripts.header import read_revision
from async_migrate.scripts.imports import prepended_sys_path
from async_migrate.scripts.location import find_location, find_version_locations

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from async_migrate.config import Config
    from async_migrate.history.revision import Revision
    from async_migrate.scripts.loader import RevisionBody

__all__ = ["ScriptDirectory"]


class ScriptDirectory:
    """The revision files of a project.

    Nothing is kept: each call looks at the disk as it is then.

    Attributes:
        config: What the directory was made from.
        location: The migrations folder.
        version_locations: The folders that hold revision files, in the order they are read.
    """

    def __init__(self, config: Config) -> None:
        """Find the folders.

        Raises:
            LocationNotFoundError: If the migrations folder does not exist.
        """
        self.config = config
        self.location = find_location(config)
        self.version_locations = find_version_locations(config)

    def revisions(self) -> tuple[Revision, ...]:
        """Read the header of every revision file.

        Raises:
            RevisionFileError: For the first file that is not a usable revision.
        """
        with prepended_sys_path(self.config.prepend_sys_path):
            return tuple(read_revision(path) for path in self._files())

    def graph(self) -> RevisionGraph:
        """Read the history.

        Raises:
            RevisionFileError: For the first file that is not a usable revision.
            GraphError: If the revisions do not form a history.
        """
        return RevisionGraph(self.revisions())

    def load(self, revision: Revision) -> RevisionBody:
        """Import the file of a revision, with the project's own import path.

        Raises:
            RevisionFileError: If it cannot be imported, or its functions cannot be called.
        """
        from async_migrate.scripts.loader import load_revision

        with prepended_sys_path(self.config.prepend_sys_path):
            return load_revision(revision)

    def folder_for(self, parents: Sequence[Revision], version_path: Path | str | None = None) -> Path:
        """Return the version location that a new revision belongs in.

        The one that was asked for, else the only one, else that of its first parent.

        Args:
            parents: The revisions before the new one.
            version_path: The one that was asked for.

        Raises:
            VersionPathError: If that is not a version location, or several would do.
        """
        if version_path is not None:
            known = {folder.resolve(): folder for folder in self.version_locations}
            if Path(version_path).resolve() not in known:
                raise VersionPathError(Path(version_path), known=self.version_locations)
            return known[Path(version_path).resolve()]
        if len(self.version_locations) == 1:
            return self.version_locations[0]
        for parent in parents:
            for folder in self.version_locations:
                if parent.path is not None and parent.path.is_relative_to(folder):
                    return folder
        raise VersionPathError(None, known=self.version_locations)

    def _files(self) -> Iterator[Path]:
        """Yield every revision file once, however many ways lead to it."""
        recursive, sourceless = self.config.recursive_version_locations, self.config.sourceless
        seen: set[str] = set()
        for folder in self.version_locations:
            files = dict(list_files(folder, recursive=recursive, compiled=sourceless))
            for path, real_path in files.items():
                if real_path not in seen and _is_revision_file(path, files, sourceless=sourceless):
                    seen.add(real_path)
                    yield Path(path)


# --- which files are revisions -----------------------------------------------------------------------------


def _is_revision_file(path: str, files: Container[str], *, sourceless: bool) -> bool:
    name = os.path.basename(path)  # noqa: PTH119 - a Path for every file costs more than reading it
    # ".#" is an editor's lock, "._" what one operating system leaves on the disks of another.
    if name.startswith((".#", "._", "__init__")):
        return False
    return name.endswith(".py") or (sourceless and _is_compiled_only(Path(path), files))


def _is_compiled_only(path: Path, files: Container[str]) -> bool:
    """Return whether a file is the best form there is of a revision: source, then .pyc, then .pyo."""
    if path.suffix not in (".pyc", ".pyo"):
        return False
    source = path.with_suffix(".py")
    if path.parent.name == "__pycache__":
        if path.with_suffix("").suffix != f".{sys.implementation.cache_tag}":
            return False
        source = path.parent.parent / f"{path.with_suffix('').stem}.py"
    better = {source, source.with_suffix(".pyc")} - {path}
    return not any(str(form) in files for form in better)
