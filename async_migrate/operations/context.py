"""What ``op.get_context()`` returns: the running migration as its body may see it."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from async_migrate.ddl.registry import ddl_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, CursorResult, Dialect, Executable
    from sqlalchemy.engine.mock import MockConnection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from async_migrate.database.executor import Executor
    from async_migrate.ddl.generator import DialectDDL

__all__ = ["MigrationContext"]


class MigrationContext:
    """The connection, the dialect and the options that a migration runs with.

    Args:
        executor: Where statements go.
        naming_convention: How constraints without a name are named; that of the application's ``MetaData``.
        x_arguments: What the user passed with ``-x``.
        async_connection: The asynchronous face of the executor's connection, if it has one.
        options: Whatever else hooks and migrations may ask for.
        config: The configuration of the project.
        revision: The revision that is being run.
        tag: What the user passed with ``--tag``.

    Attributes:
        executor: Where statements go.
        naming_convention: How constraints without a name are named.
        async_connection: The asynchronous face of the connection, or ``None``.
        opts: The options, read-only.
        config: The configuration, or ``None``.
        revision: The revision that is being run, or ``None``.
        tag: What the user passed with ``--tag``, or ``None``.
    """

    def __init__(
        self,
        executor: Executor,
        *,
        naming_convention: Mapping[str, Any] | None = None,
        x_arguments: Sequence[str] = (),
        async_connection: AsyncConnection | None = None,
        options: Mapping[str, Any] | None = None,
        config: object | None = None,
        revision: str | None = None,
        tag: str | None = None,
    ) -> None:
        self.executor = executor
        self.naming_convention = naming_convention
        self.async_connection = async_connection
        self.opts: Mapping[str, Any] = MappingProxyType(dict(options or {}))
        self.config = config
        self.revision = revision
        self.tag = tag
        self._x_arguments = tuple(x_arguments)

    @cached_property
    def ddl(self) -> DialectDDL:
        """The generator of SQL for this dialect and naming convention."""
        return ddl_for(self.dialect, naming_convention=self.naming_convention)

    @property
    def dialect(self) -> Dialect:
        """The dialect that statements are compiled for."""
        return self.executor.dialect

    @property
    def bind(self) -> Connection | MockConnection:
        """The connection; offline, one that writes down what it is asked to execute."""
        return self.executor.bind

    @property
    def connection(self) -> Connection | None:
        """The connection, or ``None`` offline."""
        return cast("Connection", self.executor.bind) if not self.executor.offline else None

    @property
    def as_sql(self) -> bool:
        """Whether SQL is only written down."""
        return self.executor.offline

    def execute(
        self, sql: Executable | str, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any] | None:
        """Execute a statement and return its result; offline, write it down and return ``None``."""
        return self.executor.execute(sql, execution_options=execution_options)

    def autocommit_block(self) -> AbstractContextManager[None]:
        """Leave transactions off inside the block, for statements that cannot run in one.

        What was done before the block is committed when it begins, so a revision that uses it is not atomic.
        """
        return self.executor.autocommit_block()

    @overload
    def get_x_argument(self, as_dictionary: Literal[False] = False) -> list[str]: ...
    @overload
    def get_x_argument(self, as_dictionary: Literal[True]) -> dict[str, str]: ...

    def get_x_argument(self, as_dictionary: bool = False) -> list[str] | dict[str, str]:
        """Return what the user passed with ``-x``.

        Args:
            as_dictionary: Split each at its first ``=``; without one, the value is an empty string.
        """
        if not as_dictionary:
            return list(self._x_arguments)
        pairs = (argument.partition("=") for argument in self._x_arguments)
        return {name: value for name, _, value in pairs}
