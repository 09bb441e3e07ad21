"""Importing what is not an installed module: a file by its path, an object by a reference to it."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import pkgutil
import sys
from importlib.abc import SourceLoader
from importlib.machinery import BYTECODE_SUFFIXES, SourceFileLoader, SourcelessFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

from async_migrate.errors import ReferenceNotFoundError, did_you_mean, listed
from async_migrate.scripts.failures import place, reason
from async_migrate.scripts.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

__all__ = ["execute_file", "forget", "import_object", "prepended_sys_path"]

_numbers = itertools.count(1)


@contextlib.contextmanager
def prepended_sys_path(paths: Iterable[Path]) -> Iterator[None]:
    """Look for modules in these directories first, until the block ends.

    The import path belongs to the whole process, so nothing is left in it.
    """
    entries = [str(path.absolute()) for path in paths]
    sys.path[:0] = entries
    try:
        yield
    finally:
        for entry in entries:
            with contextlib.suppress(ValueError):
                sys.path.remove(entry)


# --- files -------------------------------------------------------------------------------------------------


class _ArchiveLoader(SourceLoader):
    """Loads a source file out of a zip archive; only here so that tracebacks find its lines."""

    def __init__(self, path: str) -> None:
        self._path = path

    def get_filename(self, fullname: str) -> str:
        return self._path

    def get_data(self, path: str) -> bytes:
        return read_bytes(path)


def execute_file(path: Path) -> ModuleType:
    """Import a file as a module of its own, however often that has been done before.

    The module is in ``sys.modules``, because dataclasses and SQLAlchemy's annotated models look themselves
    up there, but under a name that no import statement can say. ``forget`` takes it out again; if the file
    raises, nothing is left behind.

    Raises:
        Exception: Whatever the file raises, ``SyntaxError`` included.
    """
    name = f"{path.stem}@{next(_numbers)}"
    spec = spec_from_file_location(name, path, loader=_loader(name, path))
    if spec is None or spec.loader is None:
        raise ImportError(f"no loader for {path}")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        forget(name)
        raise
    return module


def forget(module_name: str) -> None:
    """Take a module out of ``sys.modules``; the module itself lives on while something refers to it."""
    sys.modules.pop(module_name, None)


def _loader(name: str, path: Path) -> SourceFileLoader | SourcelessFileLoader | _ArchiveLoader:
    if path.suffix in (*BYTECODE_SUFFIXES, ".pyo"):
        return SourcelessFileLoader(name, str(path))
    return SourceFileLoader(name, str(path)) if path.is_file() else _ArchiveLoader(str(path))


# --- references --------------------------------------------------------------------------------------------


def import_object(reference: str, *, key: str, paths: Sequence[Path]) -> object:
    """Return what a ``module:attribute`` reference names.

    Args:
        reference: The module, a colon, and an attribute that may have dots.
        key: The setting that holds the reference, for messages.
        paths: Directories to import from, before the usual ones.

    Raises:
        ReferenceNotFoundError: If the module or the attribute does not exist, or importing the module fails.
    """
    module_name, _, attribute = reference.partition(":")
    with prepended_sys_path(paths):
        found: object = _import_module(module_name, reference=reference, key=key, paths=paths)
        owner = f"module {module_name!r}"
        for name in attribute.split("."):
            try:
                found = getattr(found, name)
            except AttributeError:
                hint = did_you_mean(name, (known for known in dir(found) if not known.startswith("__")))
                raise ReferenceNotFoundError(
                    reference, key=key, reason=f"{owner} has no attribute {name!r}.{hint}"
                ) from None
            owner = repr(name)
    return found


def _import_module(name: str, *, reference: str, key: str, paths: Sequence[Path]) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if not f"{name}.".startswith(f"{missing}."):
            failure = f"importing module {name!r} failed with {reason(error)}{place(error)}."
        else:
            failure = f"there is no module {missing!r}.{_module_hint(missing, paths)}"
        raise ReferenceNotFoundError(reference, key=key, reason=failure) from error
    except Exception as error:
        failure = f"importing module {name!r} failed with {reason(error)}{place(error)}."
        raise ReferenceNotFoundError(reference, key=key, reason=failure) from error


def _module_hint(missing: str, paths: Sequence[Path]) -> str:
    parent, _, name = missing.rpartition(".")
    folders = [str(path) for path in (getattr(sys.modules[parent], "__path__", ()) if parent else paths)]
    hint = did_you_mean(name, (module.name for module in pkgutil.iter_modules(folders)))
    if hint or parent:
        return hint
    return f" It is neither installed nor in {listed(folders)}; 'prepend_sys_path' names further directories."
