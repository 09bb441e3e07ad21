"""An executor and a generator that only take notes."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.engine.default import DefaultDialect

from async_migrate.ddl import Attached
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from async_migrate import ops


@dataclass
class NotingExecutor:
    """Notes what it is asked to do.

    Attributes:
        performed: The actions, in order.
        offline: Whether it stands for a script.
        tables: What reflection returns, by name.
    """

    performed: list[Any] = field(default_factory=list)
    offline: bool = False
    tables: dict[str, sa.Table] = field(default_factory=dict)
    dialect: sa.Dialect = field(default_factory=DefaultDialect)
    bind: Any = "the bind"

    def perform(self, action: Any) -> None:
        self.performed.append(action)

    def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> None:
        self.performed.append((statement, parameters, execution_options))

    def attached_to(self, name: str, *, schema: str | None = None) -> Attached:
        return Attached()

    def reflect_table(self, name: str, *, schema: str | None = None) -> sa.Table:
        return self.tables[name]

    @contextmanager
    def autocommit_block(self) -> Iterator[None]:
        self.performed.append("autocommit")
        yield
        self.performed.append("transaction")


@dataclass
class NotingDDL:
    """Turns an operation into itself, so that a test sees what was carried out, and how.

    Attributes:
        rebuilds: The operations that this database cannot do by ALTER.
        refuses: The operations that it cannot do at all.
    """

    rebuilds: tuple[type, ...] = ()
    refuses: tuple[type, ...] = ()

    def actions(self, operation: ops.MigrateOperation) -> Iterator[Any]:
        if isinstance(operation, self.refuses):
            raise NotImplementedError(operation.visit_name)
        return iter([operation])

    def needs_rebuild(self, batch: ops.BatchAlterTable) -> bool:
        if batch.recreate != "auto":
            return batch.recreate == "always"
        return any(isinstance(operation, self.rebuilds) for operation in batch.operations)

    def uses_definition(self, batch: ops.BatchAlterTable) -> bool:
        return False

    def rebuild(self, batch: ops.BatchAlterTable, table: sa.Table) -> Iterator[Any]:
        return iter([("rebuild", table, list(batch.operations))])


@dataclass
class Bench:
    """Directives on top of the two.

    Attributes:
        op: The directives.
        executor: What they reach.
        ddl: How they get there.
    """

    op: Operations
    executor: NotingExecutor
    ddl: NotingDDL

    @property
    def performed(self) -> list[Any]:
        return self.executor.performed

    @property
    def only(self) -> Any:
        """The one thing that was done."""
        (action,) = self.executor.performed
        return action


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    def make(*, offline: bool = False, naming_convention: Any = None, **options: Any) -> Bench:
        executor = NotingExecutor(offline=offline)
        context = MigrationContext(executor, naming_convention=naming_convention)  # type: ignore[arg-type]
        ddl = NotingDDL(**options)
        vars(context)["ddl"] = ddl
        return Bench(Operations(context), executor, ddl)

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


@pytest.fixture
def custom_registry() -> Iterator[None]:
    """Take back what a test registers."""
    before = dict(Operations._implementations)
    yield
    Operations._implementations.clear()
    Operations._implementations.update(before)


@pytest.fixture
def registered() -> Iterator[Callable[[type, str], AbstractContextManager[None]]]:
    """Take back the directives that a test adds to a class."""
    added: list[tuple[type, str]] = []

    def remember(owner: type, name: str) -> None:
        added.append((owner, name))

    yield remember  # type: ignore[misc]
    for owner, name in added:
        delattr(owner, name)
