"""A call made on a real database: by Alembic and by this package."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alembic.operations import BatchOperations
from alembic.operations import Operations as AlembicOperations
from alembic.runtime.migration import MigrationContext as AlembicContext
from differential.offline.engines import Refusal
from sqlalchemy import MetaData
from sqlalchemy.exc import SQLAlchemyError

from async_migrate.errors import AsyncMigrateError
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from differential.offline.call import Call
    from sqlalchemy import Connection

    from async_migrate.database.live import LiveExecutor


def by_alembic(connection: Connection, call: Call, *, in_batch: bool = False) -> Refusal | None:
    """Let Alembic make a call; return why it did not.

    Args:
        connection: Where to.
        call: The call.
        in_batch: Make it inside ``batch_alter_table``, as Alembic wants it where a database cannot alter.
    """
    naming_convention = dict(call.naming_convention) or None
    context = AlembicContext.configure(
        connection, opts={"target_metadata": MetaData(naming_convention=naming_convention)}
    )
    op: Any = AlembicOperations(context)
    try:
        with _quietly():
            call.run(InBatch(op) if in_batch else op)
    except Exception as error:  # noqa: BLE001  whatever it is, it is Alembic's refusal
        return Refusal(f"{type(error).__name__}: {error}")
    return None


def by_us(executor: LiveExecutor, call: Call) -> Refusal | None:
    """Let this package make a call; return why it did not."""
    context = MigrationContext(executor, naming_convention=dict(call.naming_convention) or None)
    try:
        with _quietly():
            call.run(Operations(context))
    except (AsyncMigrateError, SQLAlchemyError) as error:  # anything else is a defect, and fails the test
        return Refusal(f"{type(error).__name__}: {error}")
    return None


@contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class InBatch:
    """Alembic's ``op``, with every directive that alters a table made a block of its own."""

    def __init__(self, op: Any) -> None:
        self._op = op

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._op, name)
        if name not in vars(BatchOperations) or name == "execute":
            return method

        def in_a_block(*args: Any, **kwargs: Any) -> None:
            named = name.startswith(("create_", "drop_constraint", "drop_index"))
            name_first = named and not name.endswith("table_comment")
            table, rest = (args[1], (args[0], *args[2:])) if name_first else (args[0], args[1:])
            kwargs.pop("if_exists", None)
            schema = kwargs.pop("source_schema" if name == "create_foreign_key" else "schema", None)
            with self._op.batch_alter_table(table, schema=schema) as batch:
                getattr(batch, name)(*rest, **kwargs)

        return in_a_block
