"""Finding the configuration of a project, and reading it.

Two files may hold it: ``async_migrate.toml`` with the keys at the top level, and ``pyproject.toml`` with a
``[tool.async_migrate]`` table. The first one found counts, looking in the working directory and then above
it as far as the project reaches.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from async_migrate.config import Config
from async_migrate.errors import (
    ConfigurationFileError,
    ConfigurationNotFoundError,
    ConfigurationTableMissingError,
)
from async_migrate.scripts.failures import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CONFIGURATION_FILE", "PROJECT_FILE", "Settings", "database_url", "read_settings", "read_toml"]

CONFIGURATION_FILE = "async_migrate.toml"
PROJECT_FILE = "pyproject.toml"
VARIABLE = "ASYNC_MIGRATE_CONFIG"
"""The environment variable that names the file to use when none is named otherwise."""

_ROOT_MARKS = (".git", ".hg", ".svn")


@dataclass(frozen=True, slots=True)
class Settings:
    """A configuration and where it came from.

    Attributes:
        config: The configuration, with relative paths counted from its file.
        source: The file.
    """

    config: Config
    source: Path


def read_settings(
    path: Path | str | None = None,
    *,
    section: str | None = None,
    directory: Path | str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Find and read the configuration.

    Args:
        path: The file, if it is known (``-c``).
        section: The named section to lay over the rest (``-n``).
        directory: Where to look; None for the working directory.
        environ: The environment; None for that of the process.

    Raises:
        ConfigurationNotFoundError: If no file was named and none was found.
        ConfigurationFileError: If the file cannot be read or is not TOML.
        ConfigurationError: If what it says is not valid.
    """
    start = Path.cwd() / (directory or "")
    named = path or (os.environ if environ is None else environ).get(VARIABLE)
    source = start / named if named else _find(start)
    config = Config.from_mapping(
        _table(source), source=_described(source), base=source.parent, section=section
    )
    return Settings(config, source)


def database_url(config: Config, environ: Mapping[str, str] | None = None) -> str | None:
    """Return the URL of a configuration, read from the environment if it says so.

    Raises:
        EnvironmentVariableError: If the variable that it names is not set, or empty.
    """
    return config.resolved_url(os.environ if environ is None else environ)


def read_toml(path: Path) -> dict[str, object]:
    """Return the contents of a TOML file.

    Raises:
        ConfigurationFileError: If it cannot be read or is not TOML; with line and column where that is known.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationFileError(path, reason=error.strerror or reason(error)) from error
    except UnicodeDecodeError as error:
        wrong = bytes(error.object).count(b"\n", 0, error.start) + 1
        raise ConfigurationFileError(path, reason="it is not UTF-8 text", line=wrong) from error
    except tomllib.TOMLDecodeError as error:
        words, line, column = _toml_mistake(error)
        raise ConfigurationFileError(path, reason=words, line=line, column=column) from None


# --- finding -----------------------------------------------------------------------------------------------


def _find(start: Path) -> Path:
    last = start
    for directory in _upwards(start):
        last = directory
        own = directory / CONFIGURATION_FILE
        if own.is_file():
            return own
        project = directory / PROJECT_FILE
        if project.is_file() and _own_table(read_toml(project)) is not None:
            return project
    raise ConfigurationNotFoundError(directory=start, root=last)


def _upwards(start: Path) -> Iterator[Path]:
    """Yield a directory and those above it, up to where the project ends.

    It ends at the root of the working copy, else at the outermost directory with a ``pyproject.toml``: a file
    that happens to lie above the project is none of its business.
    """
    above = [start, *start.parents]
    for directory in above:
        if any((directory / mark).exists() for mark in _ROOT_MARKS):
            root = directory
            break
    else:
        root = next((one for one in reversed(above) if (one / PROJECT_FILE).is_file()), start)
    yield from above[: above.index(root) + 1]


# --- reading -----------------------------------------------------------------------------------------------


def _table(source: Path) -> Mapping[str, object]:
    contents = read_toml(source)
    table = _own_table(contents)
    if table is not None:
        return table
    if source.name == PROJECT_FILE:
        raise ConfigurationTableMissingError(source)
    return contents


def _own_table(contents: Mapping[str, object]) -> Mapping[str, object] | None:
    tool = contents.get("tool")
    table = tool.get("async_migrate") if isinstance(tool, dict) else None
    return cast("dict[str, object]", table) if isinstance(table, dict) else None


def _described(source: Path) -> str:
    return f"[tool.async_migrate] in {source}" if source.name == PROJECT_FILE else str(source)


_POSITION = re.compile(
    r"(?P<words>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.S
)


def _toml_mistake(error: tomllib.TOMLDecodeError) -> tuple[str, int | None, int | None]:
    """Return the words, the line and the column of a mistake, which tomllib gives as one text."""
    match = _POSITION.fullmatch(str(error))
    if match is None:
        return str(error), None, None
    if match["line"] is None:
        return f"{match['words']} at the end of the file", None, None
    return match["words"], int(match["line"]), int(match["column"])
