"""The public ``op``: one object, and behind it the operations of whichever migration runs here.

The binding is a context variable, so any number of migrations may run at once in one process, each in its own
task.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from async_migrate.errors import UnboundOperationsError, UnknownDirectiveError
from async_migrate.operations.abstract import directives_of
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["bind", "op"]

_current: ContextVar[Operations] = ContextVar("async_migrate.op")

_NEED_NO_MIGRATION = frozenset({"implementation_for", "register_operation"})


class _Op:
    """Passes every use on to the operations that are bound."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        operations = _current.get(None)
        if operations is not None:
            return getattr(operations, name)
        known = directives_of(Operations)
        if name not in known:
            raise UnknownDirectiveError("op", name, known=known)
        if name in _NEED_NO_MIGRATION:
            return getattr(Operations, name)
        raise UnboundOperationsError(name)

    def __dir__(self) -> list[str]:
        return directives_of(Operations)

    def __repr__(self) -> str:
        return f"<op: {'bound' if _current.get(None) else 'no migration is running'}>"


op = cast("Operations", _Op())
"""The directives of the migration that runs, for use inside ``upgrade()`` and ``downgrade()``."""


@contextmanager
def bind(operations: Operations) -> Iterator[Operations]:
    """Let ``op`` stand for these operations inside the block, for the current task alone.

    Args:
        operations: The operations.
    """
    token = _current.set(operations)
    try:
        with operations.claimed():
            yield operations
    finally:
        _current.reset(token)
