"""What every operation is: a value that can be reversed, compared and edited.

Operations are plain mutable objects whose state is their public attributes, because a rewriter edits them
between comparison and rendering. The class names, constructors and attributes are Alembic's, so that
rewriters written for it go on working; each class also carries ``visit_name``, which the DDL generators and
the renderer dispatch on.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias

from async_migrate.errors import IrreversibleOperationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, FetchedValue, TextClause
    from sqlalchemy.types import TypeEngine

__all__ = [
    "ColumnType",
    "HasNamingConvention",
    "MigrateOperation",
    "OpContainer",
    "ServerDefault",
    "convention_of",
]

ServerDefault: TypeAlias = "str | FetchedValue | TextClause | ColumnElement[Any] | Literal[False] | None"
"""A server default: ``False`` means "not mentioned", ``None`` means "there is none"."""

ColumnType: TypeAlias = "TypeEngine[Any] | type[TypeEngine[Any]]"
"""A column type, as an object or as its class."""


class HasNamingConvention(Protocol):
    """Whatever knows by which convention unnamed constraints are named.

    The ``to_table``, ``to_index`` and ``to_constraint`` methods accept it, so that a migration context and a
    DDL generator serve alike.
    """

    @property
    def naming_convention(self) -> Mapping[str, Any] | None:
        """SQLAlchemy's naming convention dictionary, or ``None`` for its default."""


def convention_of(context: HasNamingConvention | None) -> Mapping[str, Any] | None:
    """Return the naming convention of what may have one."""
    return None if context is None else context.naming_convention


class MigrateOperation:
    """One thing that a migration does.

    Subclass it to add an operation of your own, with :meth:`reverse` if it can be undone and
    :meth:`to_diff_tuple` if autogenerate is to report it.

    Attributes:
        visit_name: What generators and renderers dispatch on.
        rewritten_by: The rewriters that have seen this operation; each sees an operation once.
    """

    visit_name: ClassVar[str] = "operation"
    rewritten_by: frozenset[object] = frozenset()

    @cached_property
    def info(self) -> dict[Any, Any]:
        """A place for a rewriter or a plugin to keep what it likes."""
        return {}

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one.

        Raises:
            IrreversibleOperationError: What was there before is not known.
        """
        raise IrreversibleOperationError(self.visit_name)

    def to_diff_tuple(self) -> Any:
        """Return the difference as Alembic's ``compare_metadata`` does: a tuple that begins with its name.

        Raises:
            NotImplementedError: This kind of operation is never a difference.
        """
        raise NotImplementedError(f"{type(self).__name__} has no diff tuple")


class OpContainer(MigrateOperation):
    """A sequence of operations that is itself an operation.

    Attributes:
        ops: The operations, in the order in which they are carried out.
    """

    visit_name: ClassVar[str] = "container"

    def __init__(self, ops: Sequence[MigrateOperation] = ()) -> None:
        self.ops = list(ops)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(ops={self.ops!r})"

    def is_empty(self) -> bool:
        """Return whether there is nothing in it."""
        return not self.ops

    def as_diffs(self) -> list[Any]:
        """Return the diff tuples of everything inside, flat; the changes of a column are one nested list."""
        return list(self._diffs())

    def _diffs(self) -> Iterator[Any]:
        for operation in self.ops:
            if isinstance(operation, OpContainer):
                yield from operation.as_diffs()
            else:
                yield operation.to_diff_tuple()

    def _reversed_ops(self) -> list[MigrateOperation]:
        return [operation.reverse() for operation in reversed(self.ops)]
