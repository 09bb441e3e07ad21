"""Importing revision files: from a file to two functions that can be called."""

from __future__ import annotations

import inspect
import weakref
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Literal, TypeAlias

from async_migrate.errors import (
    DowngradeMissingError,
    MigrationFunctionError,
    RevisionLoadError,
    described,
    listed,
)
from async_migrate.scripts.failures import line_in, reason, revision_syntax_error
from async_migrate.scripts.imports import execute_file, forget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from async_migrate.history.revision import Revision

__all__ = ["MigrationFunction", "RevisionBody", "load_file", "load_revision"]

ALEMBIC_HINT = "; here `op` is imported with `from async_migrate import op`"

FunctionName: TypeAlias = Literal["upgrade", "downgrade"]


@dataclass(frozen=True, slots=True)
class MigrationFunction:
    """``upgrade`` or ``downgrade`` of a revision file, known to be callable.

    Attributes:
        function: As the file defines it, ``def`` or ``async def``.
        takes_op: Whether it wants ``op`` as its only argument.
        is_async: Whether it was written as ``async def``. A decorator can hide that, so whoever calls it
            should look at what it returns as well.
    """

    function: Callable[..., object]
    takes_op: bool
    is_async: bool


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class RevisionBody:
    """What a revision file does.

    Attributes:
        path: The file.
        upgrade: How to apply it.
        downgrade: How to undo it; None if the file does not say.
        module: The imported file. It stays in ``sys.modules`` as long as this object lives.
    """

    path: Path
    upgrade: MigrationFunction
    downgrade: MigrationFunction | None
    module: ModuleType

    def function(self, direction: str) -> MigrationFunction:
        """Return the function for ``"upgrade"`` or ``"downgrade"``; ask before anything runs.

        Raises:
            DowngradeMissingError: If there is no way back.
        """
        if direction == "upgrade":
            return self.upgrade
        if self.downgrade is None:
            raise DowngradeMissingError(self.path)
        return self.downgrade

    def run(self, direction: str, op: object, call: Callable[..., object]) -> None:
        """Run the function for a direction.

        Args:
            direction: ``"upgrade"`` or ``"downgrade"``.
            op: What the function gets if it takes a parameter.
            call: Called with the function and its arguments; drives what an ``async def`` returns.

        Raises:
            DowngradeMissingError: If there is no way back.
        """
        chosen = self.function(direction)
        call(chosen.function, *((op,) if chosen.takes_op else ()))


def load_revision(revision: Revision) -> RevisionBody:
    """Import the file of a revision.

    Raises:
        RevisionFileError: If it cannot be imported, or its functions cannot be called.
        ValueError: If the revision was not read from a file.
    """
    if revision.path is None:
        raise ValueError(f"revision {revision.revision!r} was not read from a file")
    return load_file(revision.path)


def load_file(path: Path) -> RevisionBody:
    """Import a revision file.

    Raises:
        RevisionFileError: If it cannot be imported, or its functions cannot be called.
    """
    try:
        module = execute_file(path)
    except Exception as error:
        if isinstance(error, SyntaxError) and error.filename == str(path):
            raise revision_syntax_error(error, path) from None
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        hint = ALEMBIC_HINT if missing == "alembic" else ""
        raise RevisionLoadError(path, reason=reason(error) + hint, line=line_in(error, path)) from error
    try:
        body = RevisionBody(path, _upgrade(module, path), _function(module, "downgrade", path), module)
    except BaseException:
        forget(module.__name__)
        raise
    weakref.finalize(body, forget, module.__name__).atexit = False
    return body


def _upgrade(module: ModuleType, path: Path) -> MigrationFunction:
    upgrade = _function(module, "upgrade", path)
    if upgrade is None:
        missing = "is missing. Every revision defines it, if only to pass."
        raise MigrationFunctionError(path, function="upgrade", reason=missing)
    return upgrade


def _function(module: ModuleType, name: FunctionName, path: Path) -> MigrationFunction | None:
    if not hasattr(module, name):
        return None
    found = getattr(module, name)
    if not callable(found):
        raise MigrationFunctionError(path, function=name, reason=f"is {described(found)}, not a function.")
    plain = inspect.unwrap(found)
    line = plain.__code__.co_firstlineno if isinstance(plain, FunctionType) else None
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        yielding = "contains 'yield', so calling it would run nothing. Take the yield out."
        raise MigrationFunctionError(path, function=name, reason=yielding, line=line)
    takes_op, unknown = _parameters(found)
    if unknown:
        raise MigrationFunctionError(path, function=name, reason=_wanting(unknown), line=line)
    return MigrationFunction(found, takes_op, inspect.iscoroutinefunction(plain))


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_COLLECTING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _parameters(function: Callable[..., object]) -> tuple[bool, list[str]]:
    """Return whether a function takes ``op``, and the other arguments it cannot do without."""
    parameters = list(inspect.signature(function).parameters.values()) if _has_parameters(function) else []
    positional = [parameter for parameter in parameters if parameter.kind in _POSITIONAL]
    takes_op = bool(positional) and positional[0].name.lstrip("_") == "op"
    needed = [
        parameter.name
        for parameter in parameters[1 if takes_op else 0 :]
        if parameter.default is parameter.empty and parameter.kind not in _COLLECTING
    ]
    return takes_op, needed


def _wanting(arguments: list[str]) -> str:
    words = f"wants {listed(arguments)}, but it is called with nothing, or with op alone."
    if "engine_name" in arguments:
        words += (
            " For several databases, give each its own section and version locations in the configuration."
        )
    return words


def _has_parameters(function: Callable[..., object]) -> bool:
    # Most functions of most histories take nothing, and a signature costs more than a look at the code.
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        return True
    return bool(function.__code__.co_argcount or function.__code__.co_kwonlyargcount)
