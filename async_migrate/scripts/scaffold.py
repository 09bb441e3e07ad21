"""Starting a project: the migrations folder, and the configuration that says where it is.

Everything that will be written is worked out first, so that a mistake leaves nothing half done.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from async_migrate.errors import (
    ConfigurationFileError,
    DirectoryNotEmptyError,
    NotWritableError,
    UnknownTemplateError,
)
from async_migrate.scripts.failures import reason
from async_migrate.scripts.script_template import TEMPLATES
from async_migrate.scripts.settings import CONFIGURATION_FILE, PROJECT_FILE, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

__all__ = ["DEFAULT_URL", "Scaffold", "Template", "init", "list_templates"]

DEFAULT_URL = "sqlite+aiosqlite:///app.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A way to start a project.

    Attributes:
        name: What ``init --template`` calls it.
        summary: What it is, in one line.
    """

    name: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaffold:
    """What ``init`` did.

    Attributes:
        location: The migrations folder.
        configuration: The file that says where it is.
        created: Folders and files that are new, in the order they were made.
        changed: Files that something was added to.
        kept: Files that were there already and are as they were.
    """

    location: Path
    configuration: Path
    created: tuple[Path, ...]
    changed: tuple[Path, ...]
    kept: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Recipe:
    """Which folders of ``templates/`` a template is made of, later ones over earlier ones."""

    layers: tuple[str, ...]
    package: bool = False


_RECIPES: Mapping[str, _Recipe] = {
    "default": _Recipe(("default",)),
    "package": _Recipe(("default", "package"), package=True),
    "minimal": _Recipe(("minimal",)),
}


def list_templates() -> tuple[Template, ...]:
    """Return the templates that ``init`` knows."""
    return tuple(Template(name=name, summary=_summary(recipe)) for name, recipe in _RECIPES.items())


def init(
    directory: Path | str,
    *,
    template: str = "default",
    package: bool = False,
    url: str = DEFAULT_URL,
    metadata: str | None = None,
    base: Path | None = None,
) -> Scaffold:
    """Make a migrations folder, and say in the configuration where it is.

    The configuration goes into the ``pyproject.toml`` of the working directory if there is one, else into a
    new ``async_migrate.toml``. One that is there already is kept as it is.

    Args:
        directory: The folder to make; it may exist if it is empty.
        template: What to put into it; see `list_templates`.
        package: Whether to make it a Python package, whatever the template.
        url: The database, or ``env:NAME``.
        metadata: The models, as ``module:attribute``.
        base: The working directory, if it is another than that of the process.

    Raises:
        UnknownTemplateError: If there is no such template.
        DirectoryNotEmptyError: If the folder has something in it, or is a file.
        ConfigurationFileError: If the ``pyproject.toml`` cannot be read or added to.
        NotWritableError: If the disk refuses.
    """
    base = base or Path.cwd()
    recipe = _RECIPES.get(template)
    if recipe is None:
        raise UnknownTemplateError(template, known=tuple(_RECIPES))
    location = base / directory
    if location.exists() and not (location.is_dir() and not any(location.iterdir())):
        raise DirectoryNotEmptyError(location)
    settings = {"location": _relative(location, base), "url": url, "metadata": metadata}
    configuration, addition = _configuration(base, settings)
    files = {location / name: data for name, data in _template_files(recipe)}
    if package or recipe.package:
        files |= {location / "__init__.py": b"", location / "versions" / "__init__.py": b""}
    if addition is not None:
        files[configuration] = addition.encode()
    changed = tuple(path for path in files if path.exists())
    written = _write(location, files)
    return Scaffold(
        location=location,
        configuration=configuration,
        created=tuple(path for path in written if path not in changed),
        changed=changed,
        kept=(configuration,) if addition is None else (),
    )


# --- templates ---------------------------------------------------------------------------------------------


def _summary(recipe: _Recipe) -> str:
    readme = TEMPLATES / recipe.layers[-1] / "README.md"
    return readme.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _template_files(recipe: _Recipe) -> Iterator[tuple[str, bytes]]:
    for layer in recipe.layers:
        folder: Traversable = TEMPLATES / layer
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.is_file():
                yield entry.name, entry.read_bytes()


# --- configuration -----------------------------------------------------------------------------------------


def _configuration(base: Path, settings: Mapping[str, str | None]) -> tuple[Path, str | None]:
    """Return the file for the configuration and what to add to it; None if it has what it needs."""
    own, project = base / CONFIGURATION_FILE, base / PROJECT_FILE
    if own.exists():
        return own, None
    if not project.exists():
        return own, _lines(settings)
    tool = read_toml(project).get("tool")
    if isinstance(tool, dict) and "async_migrate" in tool:
        return project, None
    return project, _added_table(project, f"[tool.async_migrate]\n{_lines(settings)}")


def _added_table(project: Path, table: str) -> str:
    """Return what to write at the end of a file to add a table, in the file's own line ends."""
    text = project.read_bytes().decode("utf-8-sig")
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    addition = (gap + table).replace("\n", "\r\n" if "\r\n" in text else "\n")
    try:
        tomllib.loads(text + addition)
    except tomllib.TOMLDecodeError as error:
        words = (
            f"no [tool.async_migrate] table can be added to it, because 'tool' is written inline ({error})"
        )
        raise ConfigurationFileError(project, reason=words) from None
    return addition


def _lines(settings: Mapping[str, str | None]) -> str:
    lines = [f"{key} = {_toml_text(value)}" for key, value in settings.items() if value is not None]
    if settings.get("metadata") is None:
        lines.append("# What autogenerate compares the database with:")
        lines.append('# metadata = "app.models:Base.metadata"')
    return "\n".join(lines) + "\n"


def _toml_text(value: str) -> str:
    # JSON's escapes are among TOML's; the one character that TOML also wants escaped is DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _relative(location: Path, base: Path) -> str:
    """Return a path as the configuration should say it: relative if the project can be moved as a whole."""
    if location.is_relative_to(base):
        return location.relative_to(base).as_posix()
    return Path(os.path.normpath(location)).as_posix()


# --- disk --------------------------------------------------------------------------------------------------


def _write(location: Path, files: Mapping[Path, bytes]) -> list[Path]:
    """Make the folders, and make the files or add to them; return them all."""
    folders = [folder for folder in (location, location / "versions") if not folder.exists()]
    current = location
    try:
        (location / "versions").mkdir(parents=True)
        for current, data in files.items():
            with current.open("ab") as file:
                file.write(data)
    except OSError as error:
        raise NotWritableError(current, reason=error.strerror or reason(error)) from error
    return [*folders, *files]
