"""What an operation becomes: a short list of actions that an executor can perform.

The generators of this package only ever yield these values. They know nothing of connections, so the same
list serves the live run, the offline script and a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Executable, Table
    from sqlalchemy.dialects.postgresql import DOMAIN, ENUM

    from async_migrate.errors import AsyncMigrateError

__all__ = ["Action", "EnsureType", "Requirement", "Statement", "TableEvent", "TableEventName"]

TableEventName: TypeAlias = Literal["before_create", "after_create", "before_drop", "after_drop"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement, not yet compiled.

    Attributes:
        clause: What SQLAlchemy compiles for the dialect at hand.
        parameters: One set of values, or several for an executemany; bound online, rendered literally
            offline.
        execution_options: Passed to the connection online, ignored offline.
        autocommit: The statement must run outside any transaction (``CREATE INDEX CONCURRENTLY``).
        refusal: Makes the error to raise when the data is at fault, from the words of the database, which may
            speak of tables that the author of the migration has never heard of.
        makes_type: The schema and name of a type that is there from now on, for scripts, which create each type
            once; the database itself knows.
        drops_type: The schema and name of a type that is gone from now on, for the same reason.
    """

    clause: Executable
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    execution_options: Mapping[str, Any] = field(default_factory=dict)
    autocommit: bool = False
    refusal: Callable[[str], AsyncMigrateError] | None = None
    makes_type: tuple[str | None, str] | None = None
    drops_type: tuple[str | None, str] | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that must be so before the next action, asked of the database; a script leaves the question out.

    Attributes:
        query: A query that must run.
        refusal: Makes the error to raise if it does not, from the words of the database; or if it finds rows
            that it should not, from the first column of each.
        is_empty: The query must find nothing.
    """

    query: Executable
    refusal: Callable[[Sequence[str]], AsyncMigrateError]
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class TableEvent:
    """A moment at which listeners of a table run.

    SQLAlchemy's own types (PostgreSQL enums) and third-party ones hang their DDL on these events, so a table
    that is created here must announce itself as ``MetaData.create_all`` would.

    Attributes:
        name: Which event.
        table: The table it happens to.
    """

    name: TableEventName
    table: Table


@dataclass(frozen=True, slots=True)
class EnsureType:
    """A type with a name of its own must exist before the next statement uses it.

    ``CREATE TABLE`` announces its types through :class:`TableEvent`; an ``ALTER TABLE`` has no such event.

    Attributes:
        type: The type as the dialect knows it. Online it is created unless it is there (``checkfirst=True``);
            a script creates each name once.
    """

    type: ENUM | DOMAIN


Action: TypeAlias = Statement | TableEvent | EnsureType | Requirement
