"""What ``async def`` bodies use, and how plain ones await: on a real connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from async_migrate.database.live import LiveExecutor
from async_migrate.errors import AsyncConnectionUnavailableError
from async_migrate.operations.bound import bind
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@pytest.fixture
async def connection() -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def in_migration(connection: AsyncConnection, body: Callable[[Operations], Any]) -> Any:
    def run(sync_connection: sa.Connection) -> Any:
        executor = LiveExecutor(sync_connection, joined=True)
        operations = Operations(MigrationContext(executor, async_connection=connection))
        with bind(operations):
            return body(operations)

    return await connection.run_sync(run)


def names(operations: Operations) -> list[str]:
    return list(operations.get_bind().scalars(sa.text("SELECT name FROM t ORDER BY name")))


async def test_plain_body_awaits_in_its_transaction(connection: AsyncConnection) -> None:
    async def insert(connection: AsyncConnection, *values: str, suffix: str) -> int:
        for value in values:
            await connection.execute(sa.text("INSERT INTO t VALUES (:name)"), {"name": value + suffix})
        return len(values)

    def body(op: Operations) -> tuple[int, list[str]]:
        op.create_table("t", sa.Column("name", sa.String(10)))
        count = op.run_async(insert, "a", "b", suffix="!")
        return count, names(op)

    assert await in_migration(connection, body) == (2, ["a!", "b!"])


async def test_connection_is_the_migrations_own(connection: AsyncConnection) -> None:
    assert await in_migration(connection, lambda op: op.connection) is connection


async def test_rollback_of_a_session_undoes_only_its_own_work(connection: AsyncConnection) -> None:
    async def work(connection: AsyncConnection, op: Operations) -> None:
        async with op.session() as session:
            await session.execute(sa.text("INSERT INTO t VALUES ('kept')"))
            await session.commit()
            await session.execute(sa.text("INSERT INTO t VALUES ('lost')"))
            await session.rollback()

    def body(op: Operations) -> list[str]:
        op.create_table("t", sa.Column("name", sa.String(10)))
        op.run_async(work, op)
        return names(op)

    assert await in_migration(connection, body) == ["kept"]
    assert connection.in_transaction()


@pytest.mark.parametrize(
    ("directive", "use"),
    [
        ("run_async", lambda op: op.run_async(None)),
        ("connection", lambda op: op.connection),
        ("session", lambda op: op.session()),
    ],
)
@pytest.mark.parametrize("offline", [True, False], ids=["offline", "sync"])
def test_without_an_asynchronous_connection(
    make_bench: Any, directive: str, use: Any, *, offline: bool
) -> None:
    bench = make_bench(offline=offline)
    with pytest.raises(AsyncConnectionUnavailableError) as caught:
        use(bench.op)
    why = {
        True: (
            "SQL is only written down here. Guard the call with `if not op.get_context().as_sql:`, or run "
            "online."
        ),
        False: "the migration runs on a synchronous connection. Run it on an AsyncEngine or AsyncConnection.",
    }
    assert str(caught.value) == f"op.{directive} needs an asynchronous connection, but {why[offline]}"


async def test_rebuild_outside_a_block(connection: AsyncConnection) -> None:
    def body(op: Operations) -> list[str]:
        op.create_table("t", sa.Column("name", sa.String(10)))
        op.execute("INSERT INTO t VALUES ('a')")
        op.alter_column("t", "name", nullable=False, existing_type=sa.String(10))
        op.create_unique_constraint("uq", "t", ["name"])
        return names(op)

    assert await in_migration(connection, body) == ["a"]
    sql = await connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 't'"))
    assert "name VARCHAR(10) NOT NULL" in sql
    assert "CONSTRAINT uq UNIQUE (name)" in sql
