"""Where a project keeps its migrations: a folder, or a place inside a package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from async_migrate.errors import LocationNotFoundError, ReferenceNotFoundError
from async_migrate.scripts.failures import place, reason
from async_migrate.scripts.files import folder_exists
from async_migrate.scripts.imports import prepended_sys_path

if TYPE_CHECKING:
    from async_migrate.config import Config, Location

__all__ = ["find_location", "find_version_locations"]


def find_location(config: Config) -> Path:
    """Return the migrations folder.

    Raises:
        LocationNotFoundError: If it does not exist.
        ReferenceNotFoundError: If it is in a package that cannot be imported.
    """
    location = _found(config.location, config)
    if not folder_exists(location):
        raise LocationNotFoundError(location if isinstance(config.location, Path) else config.location)
    return location


def find_version_locations(config: Config) -> tuple[Path, ...]:
    """Return the folders that hold revision files; they need not exist yet.

    Raises:
        LocationNotFoundError: If one of them is in a package that does not exist.
        ReferenceNotFoundError: If one of them is in a package that cannot be imported.
    """
    if not config.version_locations:
        return (_found(config.location, config) / "versions",)
    return tuple(_found(location, config) for location in config.version_locations)


def _found(location: Location, config: Config) -> Path:
    if isinstance(location, Path):
        return location.absolute()
    package, _, inside = location.partition(":")
    with prepended_sys_path(config.prepend_sys_path):
        folders = _package_folders(package, location)
    found = [Path(folder, *inside.split(":")) for folder in folders]
    if not found:
        raise LocationNotFoundError(location)
    # A namespace package has several folders.
    return next(filter(folder_exists, found), found[0]).absolute()


def _package_folders(package: str, location: str) -> list[str]:
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        return []
    except Exception as error:
        failure = f"importing the package around {package!r} failed with {reason(error)}{place(error)}."
        raise ReferenceNotFoundError(location, key="location", reason=failure) from error
    return list(spec.submodule_search_locations or ()) if spec else []
