"""Which parameters of which directives a call uses: asked of the call itself, by letting it run on a listener."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from differential.offline.engines import dialect_named

from async_migrate.operations.batch import BatchOperations
from async_migrate.operations.facade import Operations
from async_migrate.operations.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from differential.offline.call import Call

Used = tuple[str, str]
"""A directive, ``batch.`` before it inside a block, and one of its parameters."""


def used_by(call: Call, dialect: str) -> set[Used]:
    """Return the parameters that a call gives a value to."""
    recorder = Recorder(dialect_named(dialect), naming_convention=dict(call.naming_convention) or None)
    used: set[Used] = set()
    with warnings.catch_warnings(), contextlib.suppress(Exception):  # a call that is refused counts as well
        warnings.simplefilter("ignore")
        call.run(_Listener(recorder.op, used))
    return used


def parameters(class_: type, directive: str) -> list[str]:
    """Return the parameters of a directive, those that it only passes on left out."""
    signature = inspect.signature(getattr(class_, directive))
    kept = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    return [p.name for p in kept if p.name != "self"]


class _Listener:
    """An ``op`` that takes down what it is called with."""

    def __init__(self, op: Any, used: set[Used], prefix: str = "") -> None:
        self._op = op
        self._used = used
        self._prefix = prefix

    def __getattr__(self, directive: str) -> Any:
        method = getattr(self._op, directive)
        return self._heard(directive, method) if callable(method) else method

    def _heard(self, directive: str, method: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._take_down(directive, args, kwargs)
            if directive == "batch_alter_table":
                return self._batch(method(*args, **kwargs))
            return method(*args, **kwargs)

        return call

    def _take_down(self, directive: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        class_ = BatchOperations if self._prefix else Operations
        signature = inspect.signature(getattr(class_, directive))
        bound = signature.bind(None, *args, **kwargs)
        for name in bound.arguments:
            if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
                self._used.update((self._prefix + directive, option) for option in bound.arguments[name])
            else:
                self._used.add((self._prefix + directive, name))

    @contextmanager
    def _batch(self, block: Any) -> Iterator[_Listener]:
        with block as batch:
            yield _Listener(batch, self._used, "batch.")
