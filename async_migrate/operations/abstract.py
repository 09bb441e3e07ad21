"""What ``op`` and ``batch_op`` have in common: helpers, and directives of one's own."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

from sqlalchemy import literal
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import conv
from sqlalchemy.util import await_only

from async_migrate import ops
from async_migrate.errors import (
    AsyncConnectionUnavailableError,
    DuplicateImplementationError,
    UnknownDirectiveError,
    WrongTaskError,
)
from async_migrate.operations.directive import directive

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from sqlalchemy import BindParameter, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.types import TypeEngine

    from async_migrate.operations.base import MigrateOperation
    from async_migrate.operations.context import MigrationContext

__all__ = ["AbstractOperations", "Implementation"]

Implementation: TypeAlias = "Callable[[Any, Any], Any]"
"""What carries out an operation: called with the ``Operations`` and the operation."""

_Class = TypeVar("_Class", bound=type)
_Function = TypeVar("_Function", bound="Implementation")
_T = TypeVar("_T")

_INTERNAL = frozenset({"check_task", "claimed", "custom_implementation", "label"})
_BUILT_IN = frozenset(getattr(ops, name) for name in ops.__all__)


class AbstractOperations(ABC):
    """The base of :class:`Operations` and :class:`BatchOperations`.

    Args:
        migration_context: The migration that runs.

    Attributes:
        migration_context: The migration that runs.
    """

    label: ClassVar[str]
    _implementations: ClassVar[dict[type, Implementation]] = {}

    def __init__(self, migration_context: MigrationContext) -> None:
        self.migration_context = migration_context
        self._task: asyncio.Task[Any] | None = None

    @abstractmethod
    def invoke(self, operation: MigrateOperation) -> Any:
        """Carry out an operation."""

    @classmethod
    def register_operation(cls, name: str, sourcename: str | None = None) -> Callable[[_Class], _Class]:
        """Add a directive of your own.

        The decorated class has a class method that takes the ``Operations`` and then the directive's own
        parameters, and usually ends in ``operations.invoke(cls(...))``. The directive is there at once, also
        for code that has imported ``op`` before. Say with :meth:`implementation_for` what the operation does.

        Example::

            @Operations.register_operation("create_sequence")
            class CreateSequenceOp(MigrateOperation):
                def __init__(self, name):
                    self.name = name

                @classmethod
                def create_sequence(cls, operations, name):
                    return operations.invoke(cls(name))

        Args:
            name: The directive, used as ``op.<name>()``.
            sourcename: The class method, where it is named otherwise.
        """

        def register(operation: _Class) -> _Class:
            source = getattr(operation, sourcename or name)

            @wraps(source)
            def call(self: AbstractOperations, *args: Any, **kwargs: Any) -> Any:
                self.check_task(name)
                return source(self, *args, **kwargs)

            setattr(cls, name, call)
            return operation

        return register

    @classmethod
    def implementation_for(cls, op_cls: type, replace: bool = False) -> Callable[[_Function], _Function]:
        """Say what an operation does.

        The decorated function is called with the ``Operations`` and the operation, and serves subclasses of
        ``op_cls`` too, unless they have their own. It may call ``operations.perform(operation)`` for what
        would have been done without it.

        Args:
            op_cls: The class of the operation.
            replace: Take the place of an implementation that exists.

        Raises:
            DuplicateImplementationError: There is one and ``replace`` is not set.
        """

        def register(implementation: _Function) -> _Function:
            if not replace and (op_cls in _BUILT_IN or op_cls in cls._implementations):
                raise DuplicateImplementationError(op_cls.__name__)
            AbstractOperations._implementations[op_cls] = implementation
            return implementation

        return register

    def custom_implementation(self, operation: MigrateOperation) -> Implementation | None:
        """Return what was registered for an operation or the nearest of its base classes, if anything was."""
        for kind in type(operation).__mro__:
            if kind in self._implementations:
                return self._implementations[kind]
        return None

    @directive
    def f(self, name: str) -> conv:
        """Mark a name as final, so that no naming convention is applied to it.

        Args:
            name: The name as it is in the database.
        """
        return conv(name)

    @directive
    def inline_literal(self, value: str | int, type_: TypeEngine[Any] | None = None) -> BindParameter[Any]:
        """Return an expression that is part of the statement's text, also where others become bound values.

        It is meant for constants of the migration's own; never pass what a user has typed.

        Args:
            value: The value.
            type_: Its type, where that does not follow from the value.
        """
        return literal(value, type_, literal_execute=True)

    @directive
    def get_bind(self) -> Connection:
        """Return the connection, for queries of your own in the migration's transaction.

        Offline it is a connection that writes down what it is asked to execute and has no results.
        """
        return self.migration_context.bind  # type: ignore[return-value]  # what bodies use, a mock has too

    @directive
    def get_context(self) -> MigrationContext:
        """Return the running migration: its dialect, options, ``-x`` arguments and ``autocommit_block()``."""
        return self.migration_context

    @directive
    def run_async(
        self,
        async_function: Callable[..., Awaitable[_T]],
        *args: Any,
        **kw_args: Any,
    ) -> _T:
        """Await a coroutine function from a plain ``def`` body, in the migration's transaction.

        In an ``async def`` body, ``await`` it directly.

        Args:
            async_function: It gets the ``AsyncConnection`` first.
            *args: Passed on to it.
            **kw_args: Passed on to it.

        Raises:
            AsyncConnectionUnavailableError: SQL is only written down, or the connection is synchronous.
        """
        return await_only(async_function(self._async_connection("run_async"), *args, **kw_args))

    @property
    def connection(self) -> AsyncConnection:
        """The connection as an ``AsyncConnection``, for ``async def`` bodies.

        Raises:
            AsyncConnectionUnavailableError: SQL is only written down, or the connection is synchronous.
        """
        return self._async_connection("connection")

    @directive
    def session(self) -> AsyncSession:
        """Return an ``AsyncSession`` on the migration's connection, for ``async def`` bodies.

        Its commit writes into the migration's transaction and does not end it; its rollback undoes only what
        the session itself has done.

        Raises:
            AsyncConnectionUnavailableError: SQL is only written down, or the connection is synchronous.
        """
        return AsyncSession(
            self._async_connection("session"),
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )

    def check_task(self, directive: str) -> None:
        """Refuse calls from another task than the one that runs the migration.

        The connection belongs to the greenlet of that task; from another one SQLAlchemy fails with an obscure
        error, and under an eager task factory it never returns.

        Raises:
            WrongTaskError: It is another task.
        """
        if self._task is not None and _current_task() is not self._task:
            raise WrongTaskError(directive)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Make the current task, if there is one, the only one that may call inside the block."""
        before = self._task
        self._task = _current_task()
        try:
            yield
        finally:
            self._task = before

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnknownDirectiveError(self.label, name, known=directives_of(type(self)))

    def _async_connection(self, directive: str) -> AsyncConnection:
        connection = self.migration_context.async_connection
        if connection is None or self.migration_context.as_sql:
            raise AsyncConnectionUnavailableError(directive, offline=self.migration_context.as_sql)
        return connection


def directives_of(operations: type[AbstractOperations]) -> list[str]:
    """Return the names that a migration may use, those registered by others included."""
    return [name for name in dir(operations) if not name.startswith("_") and name not in _INTERNAL]


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
