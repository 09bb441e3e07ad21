"""Which parameters of which directives a call uses: asked of the call itself, by letting it run on a listener."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import base as alembics
from differential.offline.engines import dialect_named

from async_migrate.operations.batch import BatchOperations
from async_migrate.operations.facade import Operations
from async_migrate.operations.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from differential.offline.call import Call

Used = tuple[str, str]
"""A directive, ``batch.`` before it inside a block, and one of its parameters."""

PASSED_ON: dict[Any, str] = {
    sa.Table: "create_table",
    sa.Index: "create_index",
    sa.UniqueConstraint: "create_unique_constraint",
    sa.CheckConstraint: "create_check_constraint",
    sa.ForeignKeyConstraint: "create_foreign_key",
}
"""The directives that pass options on to a construct of SQLAlchemy."""


def used_by_all(pairs: Iterable[tuple[Call, str]]) -> dict[str, set[Used]]:
    """Return the parameters that calls give a value to, by dialect."""
    used: dict[str, set[Used]] = {}
    for call, dialect in pairs:
        used.setdefault(dialect, set()).update(used_by(call, dialect))
    return used


def used_by(call: Call, dialect: str) -> set[Used]:
    """Return the parameters that a call gives a value to."""
    recorder = Recorder(dialect_named(dialect), naming_convention=dict(call.naming_convention) or None)
    used: set[Used] = set()
    with warnings.catch_warnings(), contextlib.suppress(Exception):  # a call that is refused counts as well
        warnings.simplefilter("ignore")
        call.run(_Listener(recorder.op, used))
    return used


def parameters_of_alembic() -> set[Used]:
    """Return every parameter of every directive that Alembic has; what a directive only passes on has no name."""
    directives = [
        *((f"batch.{name}", method) for name, method in _public(alembics.BatchOperations)),
        *_public(alembics.Operations),
        ("batch_alter_table", alembics.AbstractOperations.batch_alter_table),
    ]
    return {
        (directive, parameter.name)
        for directive, method in directives
        for parameter in inspect.signature(method).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD and parameter.name != "self"
    }


def _public(class_: type) -> list[tuple[str, Any]]:
    return [(name, method) for name, method in vars(class_).items() if not name.startswith("_")]


def options_of(dialect: str) -> set[Used]:
    """Return the options that SQLAlchemy's constructs take for a dialect, by the directives that pass them on."""
    chosen = dialect_named(dialect)
    return {
        (PASSED_ON[construct], f"{chosen.name}_{option}")
        for construct, options in chosen.construct_arguments or ()
        if construct in PASSED_ON
        for option in options
        if option != "*"
    }


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
