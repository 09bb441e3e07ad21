"""The SQL that is written down does what the run does, and a database agrees."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from async_migrate import Direction, Migrator
from async_migrate.errors import NotOfflineError, OfflineRangeError, RevisionFailedError

if TYPE_CHECKING:
    from pathlib import Path

UPGRADE = """
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, server_default="it's 100%"),
        sa.Column("joined", sa.Date()),
    )
    op.create_index("ix_users_name", "users", ["name"], unique=True)
    op.bulk_insert(
        sa.table("users", sa.column("id", sa.Integer), sa.column("name", sa.String)),
        [{"id": 1, "name": "o'hara: 5%"}, {"id": 2, "name": "two"}],
    )
    op.execute("UPDATE users SET name = 'deux' WHERE id = 2")
"""


def _schema(path: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return [(kind, name, " ".join((sql or "").split())) for kind, name, sql in found]


def _write(history: Any) -> None:
    history.add("a1", UPGRADE, 'op.drop_table("users")', message="users")
    history.add(
        "b2",
        """async
        op.add_column("users", sa.Column("age", sa.Integer))
        """,
        'op.drop_column("users", "age")',
        message="age",
    )


async def test_the_script_of_an_sqlite_upgrade_gives_the_same_file(tmp_path: Path, history: Any) -> None:
    _write(history)
    online, offline = tmp_path / "online.db", tmp_path / "offline.db"
    await history.migrator(f"sqlite+aiosqlite:///{online}").upgrade()
    script = await history.migrator("sqlite+aiosqlite://").sql("head")
    connection = sqlite3.connect(offline)
    connection.executescript(script)
    assert connection.execute("SELECT id, name FROM users ORDER BY id").fetchall() == [
        (1, "o'hara: 5%"),
        (2, "deux"),
    ]
    assert connection.execute("SELECT version_num FROM async_migrate_version").fetchall() == [("b2",)]
    connection.close()
    assert _schema(online) == _schema(offline)


async def test_the_script_of_a_postgresql_upgrade_and_downgrade_runs(
    postgresql_url: str, history: Any
) -> None:
    _write(history)
    migrator = history.migrator(postgresql_url)
    engine = create_async_engine(postgresql_url)
    try:
        async with engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            await driver.execute(await migrator.sql("head"))
            assert (await connection.execute(text("SELECT id, name, age FROM users ORDER BY id"))).all() == [
                (1, "o'hara: 5%", None),
                (2, "deux", None),
            ]
            assert await connection.scalar(text("SELECT version_num FROM async_migrate_version")) == "b2"
            await connection.rollback()
            await driver.execute(await migrator.sql("b2:base", direction=Direction.DOWNGRADE))
            assert await connection.scalar(text("SELECT to_regclass('users')")) is None
            assert await connection.scalar(text("SELECT count(*) FROM async_migrate_version")) == 0
    finally:
        await engine.dispose()


async def test_the_words_of_a_script(history: Any) -> None:
    history.table("a1", "users", message="create users")
    history.table("b2", "posts", message="create posts")
    script = await history.migrator("postgresql+asyncpg://nowhere/db").sql("a1:b2")
    assert script.split("\n\n") == [
        "BEGIN;",
        "-- Running upgrade a1 -> b2, create posts",
        "CREATE TABLE posts (\n    id SERIAL NOT NULL, \n    PRIMARY KEY (id)\n);",
        "UPDATE async_migrate_version SET version_num='b2' WHERE async_migrate_version.version_num = 'a1';",
        "COMMIT;",
        "",
    ]


async def test_a_single_transaction_is_written_as_one(history: Any) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    script = await history.migrator("postgresql+asyncpg://nowhere/db", single_transaction=True).sql("head")
    assert script.count("BEGIN;") == script.count("COMMIT;") == 1
    assert (await history.migrator("postgresql+asyncpg://nowhere/db").sql("head")).count("BEGIN;") == 2


async def test_an_autocommit_block_ends_the_transaction_and_begins_another(history: Any) -> None:
    history.add("a1", 'with op.get_context().autocommit_block():\n    op.execute("VACUUM")')
    script = await history.migrator("postgresql+asyncpg://nowhere/db").sql("head")
    lines = [block for block in script.split("\n\n") if not block.startswith(("--", "CREATE", "INSERT"))]
    assert lines == ["BEGIN;", "COMMIT;", "VACUUM;", "BEGIN;", "COMMIT;", ""]


async def test_a_stamp_is_a_row(history: Any) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    script = await history.migrator("postgresql+asyncpg://nowhere/db").sql("a1:b2", direction=Direction.STAMP)
    assert "UPDATE async_migrate_version SET version_num='b2'" in script
    assert "CREATE TABLE" not in script


@pytest.mark.parametrize("target", ["base", "a1", ":base", "a1:"])
async def test_a_downgrade_needs_both_ends(history: Any, target: str) -> None:
    history.table("a1", "users")
    with pytest.raises(OfflineRangeError) as caught:
        await history.migrator("sqlite+aiosqlite://").sql(target, direction=Direction.DOWNGRADE)
    assert str(caught.value) == (
        "A downgrade written as SQL needs both ends, because no database is asked where it is: "
        f"{target!r} has only one. Write FROM:TO, for example ae10:base."
    )


async def test_what_needs_a_database_says_so(history: Any) -> None:
    history.add(
        "a1", 'with op.batch_alter_table("t", recreate="always") as batch:\n    batch.drop_column("c")'
    )
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator("sqlite+aiosqlite://").sql("head")
    assert isinstance(caught.value.__cause__, NotOfflineError)
    assert "No script was written. Mend the revision" in str(caught.value)
    assert str(caught.value.__cause__) == (
        "This cannot be done offline: the definition of table 't' must be read from the database. "
        "Pass copy_from= with the table as it is to batch_alter_table(), or run online."
    )


async def test_nothing_is_connected_to(history: Any) -> None:
    history.table("a1", "users")
    migrator = Migrator("postgresql+asyncpg://user:pw@192.0.2.1:1/db", location=history.location)
    assert "CREATE TABLE users" in await migrator.sql("head")
