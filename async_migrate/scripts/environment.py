"""Reading ``env.py``: a module beside ``versions/`` that says in Python what a configuration file cannot.

It is declarative: it assigns ``target_metadata`` and defines hooks by their names, and is imported for
those names. It connects to nothing and runs nothing, so reading it is safe at any time.
"""

from __future__ import annotations

import ast
import difflib
from typing import TYPE_CHECKING

from async_migrate.errors import (
    EnvironmentFileError,
    ForeignEnvironmentError,
    MisplacedSettingError,
    NotMetadataError,
    SettingValueError,
    UnknownEnvironmentNameError,
)
from async_migrate.scripts.failures import line_in, reason
from async_migrate.scripts.files import read_bytes
from async_migrate.scripts.imports import execute_file, forget, import_object, prepended_sys_path
from async_migrate.scripts.location import find_location

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from sqlalchemy import MetaData

    from async_migrate.config import Config

__all__ = ["ENVIRONMENT_FILE", "ENVIRONMENT_NAMES", "load_environment", "load_metadata"]

ENVIRONMENT_FILE = "env.py"

ENVIRONMENT_NAMES = (
    "compare_server_default",
    "compare_type",
    "include_name",
    "include_object",
    "include_schemas",
    "naming_convention",
    "on_version_apply",
    "operations_module_prefix",
    "process_revision_directives",
    "render_as_batch",
    "render_item",
    "single_transaction",
    "sqlalchemy_module_prefix",
    "target_metadata",
    "template_args",
    "transaction_per_migration",
    "transactional_ddl",
    "user_module_prefix",
)
"""What is read from ``env.py``; everything else in it is its own business."""

_CONFIGURED = ("url", "version_table", "version_table_pk", "version_table_schema")
"""What must be known before ``env.py`` is read: where a database stands is asked without importing anything."""

_HOOKS = (
    "compare_server_default",
    "compare_type",
    "include_name",
    "include_object",
    "process_revision_directives",
    "render_item",
)


def load_environment(config: Config) -> Config:
    """Return a configuration with ``env.py`` laid over it, and references to hooks replaced by the hooks.

    A name that ``env.py`` sets to None counts as not set. Metadata is not imported; see `load_metadata`.

    Raises:
        EnvironmentFileError: If ``env.py`` cannot be imported.
        ForeignEnvironmentError: If it is a script for Alembic.
        MisplacedSettingError: If it sets what belongs into the configuration file.
        UnknownEnvironmentNameError: If it misspells one of the names.
        ReferenceNotFoundError: If a hook is given by a reference that leads nowhere.
        SettingValueError: If a value is of the wrong kind.
        LocationNotFoundError: If the migrations folder does not exist.
    """
    path = find_location(config) / ENVIRONMENT_FILE
    module = _module(path, config)
    if module is not None:
        named = {name: getattr(module, name, None) for name in ENVIRONMENT_NAMES}
        given = {name: value for name, value in named.items() if value is not None}
        config = config.overlaid(given, source=str(path))
    return _with_hooks(config)


def load_metadata(config: Config) -> tuple[MetaData, ...]:
    """Return the metadata that a configuration names, importing it where it is a reference.

    A declarative base stands for its metadata, and a reference may lead to a list.

    Raises:
        ReferenceNotFoundError: If a reference leads nowhere.
        NotMetadataError: If it leads to something else.
    """
    if config.metadata is None:
        return ()
    sources = config.metadata if isinstance(config.metadata, tuple) else (config.metadata,)
    return tuple(metadata for source in sources for metadata in _metadata(source, config))


# --- env.py ------------------------------------------------------------------------------------------------


def _module(path: Path, config: Config) -> ModuleType | None:
    try:
        source = read_bytes(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnvironmentFileError(path, reason=f"{error.strerror or reason(error)}.") from error
    try:
        _check_names(ast.parse(source, path), path)
        with prepended_sys_path(config.prepend_sys_path):
            module = execute_file(path)
    except (ForeignEnvironmentError, MisplacedSettingError, UnknownEnvironmentNameError):
        raise
    except Exception as error:
        raise EnvironmentFileError(path, reason=f"{reason(error)}.", line=line_in(error, path)) from error
    forget(module.__name__)
    return module


def _check_names(tree: ast.Module, path: Path) -> None:
    foreign = min(_lines_that_migrate(tree), default=None)
    if foreign is not None:
        raise ForeignEnvironmentError(path, line=foreign)
    for name, line in _defined(tree):
        if name in _CONFIGURED:
            raise MisplacedSettingError(path, line=line, name=name)
        if name.startswith("_") or name in ENVIRONMENT_NAMES:
            continue
        # A misspelt filter would otherwise be no filter, and autogenerate would drop what it should not see.
        close = difflib.get_close_matches(name, (*ENVIRONMENT_NAMES, *_CONFIGURED), n=1, cutoff=0.9)
        if close:
            raise UnknownEnvironmentNameError(path, line=line, name=name, meant=close[0])


def _lines_that_migrate(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of what only a script for Alembic does."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="alembic", names=names) if any(one.name == "context" for one in names):
                yield node.lineno
            case ast.Attribute(value=ast.Name(id="context"), attr="configure" | "run_migrations"):
                yield node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("run_migrations_"):
                    yield node.lineno


def _defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the names that a module defines itself, not those that it imports."""
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, statement.lineno
            case ast.Assign(targets=targets):
                yield from (
                    (target.id, statement.lineno) for target in targets if isinstance(target, ast.Name)
                )
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, statement.lineno


# --- references --------------------------------------------------------------------------------------------


def _with_hooks(config: Config) -> Config:
    changes: dict[str, object] = {}
    for name in _HOOKS:
        value = getattr(config, name)
        if isinstance(value, str):
            changes[name] = _hook(value, name, config)
    changes["on_version_apply"] = tuple(
        _hook(value, "on_version_apply", config) if isinstance(value, str) else value
        for value in config.on_version_apply
    )
    return config.replace(**changes)


def _hook(reference: str, key: str, config: Config) -> object:
    hook = import_object(reference, key=key, paths=config.prepend_sys_path)
    if not callable(hook):
        raise SettingValueError(key, value=hook, expected="a function", source=reference)
    return hook


def _metadata(source: str | MetaData, config: Config) -> Iterator[MetaData]:
    from sqlalchemy import MetaData

    reference = source if isinstance(source, str) else None
    found: object = source
    if reference is not None:
        found = import_object(reference, key="metadata", paths=config.prepend_sys_path)
    for one in found if isinstance(found, (list, tuple)) else (found,):
        metadata = one if isinstance(one, MetaData) else getattr(one, "metadata", None)
        if not isinstance(metadata, MetaData):
            raise NotMetadataError(one, reference=reference)
        yield metadata
