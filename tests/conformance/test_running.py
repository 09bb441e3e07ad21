"""Running revisions on a database: what is done, what is recorded, and what is left when it fails."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import MetaData, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from async_migrate import Migrator, StepFinished, StepStarted, migrate_to_head
from async_migrate.errors import (
    ConnectionInTransactionError,
    DatabaseUnreachableError,
    ForeignHistoryError,
    ForeignKeysBrokenError,
    HeadsDifferError,
    NotUpToDateError,
    RevisionFailedError,
    RevisionSyntaxError,
    UnknownCurrentRevisionError,
    UnknownRevisionError,
    VersionRowMissingError,
    VersionRowUnreadableError,
)
from async_migrate.history import Direction

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

VERSION_TABLE = "async_migrate_version"


# --- the main line ------------------------------------------------------------------------------------------


async def test_up_down_and_up_again(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users", message="create users")
    history.table("b2", "posts", message="create posts")
    migrator = history.migrator(engine)

    up = await migrator.upgrade()
    assert [(one.revision, one.direction) for one in up.applied] == [
        ("a1", Direction.UPGRADE),
        ("b2", Direction.UPGRADE),
    ]
    assert (up.heads_before, up.heads_after) == (frozenset(), {"b2"})
    assert await look.tables() == {"users", "posts", VERSION_TABLE}
    assert await look.version() == {"b2"}

    down = await migrator.downgrade("-1")
    assert [one.revision for one in down.applied] == ["b2"]
    assert await look.tables() == {"users", VERSION_TABLE}
    assert await look.version() == {"a1"}

    base = await migrator.downgrade("base")
    assert base.heads_after == frozenset()
    assert await look.tables() == {VERSION_TABLE}
    assert await look.version() == set()

    again = await migrate_to_head(engine, location=history.location)
    assert again.heads_after == {"b2"}


async def test_a_url_is_enough(database_url: str, history: Any) -> None:
    history.table("a1", "users")
    assert (await migrate_to_head(database_url, location=history.location)).heads_after == {"a1"}
    assert (await Migrator(database_url, location=history.location).status()).at_head


async def test_a_connection_is_used_and_left_open(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    async with engine.connect() as connection:
        await migrate_to_head(connection, location=history.location)
        assert not connection.in_transaction()
        await connection.execute(text("SELECT * FROM users"))
    assert await look.version() == {"a1"}


async def test_already_at_head_costs_one_query_and_executes_no_file(
    engine: AsyncEngine, history: Any
) -> None:
    history.table("a1", "users")
    await migrate_to_head(engine, location=history.location)
    history.paths["a1"].write_text(history.paths["a1"].read_text() + "\nraise SystemExit('executed')\n")
    statements: list[str] = []
    event.listen(
        engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]), named=False
    )
    result = await migrate_to_head(engine, location=history.location)
    assert result.applied == ()
    assert len(statements) == 1
    assert statements[0].split()[0] == "SELECT"


# --- bodies -------------------------------------------------------------------------------------------------

BODIES = {
    "def without parameter": """
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
        op.bulk_insert(sa.table("t", sa.column("id")), [{"id": 1}, {"id": 2}])
    """,
    "def with op": """(op)
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
        op.get_bind().execute(sa.text("INSERT INTO t VALUES (1), (2)"))
    """,
    "async def without parameter": """async
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
        await asyncio.sleep(0)
        op.execute("INSERT INTO t VALUES (1)")
        await op.connection.execute(sa.text("INSERT INTO t VALUES (2)"))
    """,
    "async def with op": """async (op)
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
        async with op.session() as session:
            await session.execute(sa.text("INSERT INTO t VALUES (1), (2)"))
            await session.commit()
        await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))
    """,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_every_form_of_body_runs_in_the_transaction_of_its_revision(
    engine: AsyncEngine, history: Any, look: Any, body: str
) -> None:
    history.add("a1", body)
    await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM t ORDER BY id") == [(1,), (2,)]
    assert await look.version() == {"a1"}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_every_form_of_body_is_undone_as_a_whole(
    engine: AsyncEngine, history: Any, look: Any, body: str
) -> None:
    history.add("a1", body.rstrip() + '\n        raise RuntimeError("too late")\n')
    with pytest.raises(RevisionFailedError):
        await history.migrator(engine).upgrade()
    assert await look.tables() == set()


async def test_op_in_a_child_task_is_refused_and_nothing_hangs(engine: AsyncEngine, history: Any) -> None:
    history.add(
        "a1",
        """async
        async def child():
            op.execute("SELECT 1")
        await asyncio.create_task(child())
        """,
    )
    with pytest.raises(RevisionFailedError) as caught:
        await asyncio.wait_for(history.migrator(engine).upgrade(), timeout=30)
    assert "task" in caught.value.reason


# --- failing ------------------------------------------------------------------------------------------------


async def test_a_failing_revision_leaves_nothing_and_those_before_it_stay(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.table("a1", "users")
    path = history.add(
        "b2",
        """
        op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("INSERT INTO half VALUES (1)")
        op.execute("INSERT INTO nowhere VALUES (1)")
        """,
        message="go half way",
    )
    history.table("c3", "never")
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(engine).upgrade()
    error = caught.value
    assert (error.revision, error.path, error.line, error.committed) == ("b2", path, 14, ("a1",))
    assert error.statement == "INSERT INTO nowhere VALUES (1)"
    assert error.exit_code == 3
    reason = {
        "sqlite": "OperationalError: no such table: nowhere",
        "postgresql": 'UndefinedTableError: relation "nowhere" does not exist',
    }[engine.dialect.name]
    assert str(error) == (
        f"The upgrade of revision 'b2' (go half way) failed at {path} line 14. {reason}. "
        "SQL: INSERT INTO nowhere VALUES (1). Nothing of it was kept. "
        "Committed before it in this run: 'a1'. Mend the revision and run the same command again."
    )
    assert await look.tables() == {"users", VERSION_TABLE}
    assert await look.version() == {"a1"}


async def test_the_first_revision_failing_leaves_an_empty_database(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.add("a1", 'op.create_table("t", sa.Column("id", sa.Integer))\nraise ValueError')
    with pytest.raises(RevisionFailedError, match="No revision was committed in this run"):
        await history.migrator(engine).upgrade()
    assert await look.tables() == set()


async def test_a_later_file_that_cannot_be_loaded_stops_the_run_before_it_began(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.table("a1", "users")
    path = history.table("b2", "posts")
    path.write_text(path.read_text() + "\ndef broken(:\n")
    with pytest.raises(RevisionSyntaxError):
        await history.migrator(engine).upgrade()
    assert await look.tables() == set()


async def test_a_database_at_an_unknown_revision_is_not_touched(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.table("a1", "users")
    await history.migrator(engine).upgrade()
    async with engine.begin() as connection:
        await connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = 'from_the_future'"))
    with pytest.raises(UnknownCurrentRevisionError, match="from_the_future"):
        await history.migrator(engine).upgrade()
    assert await look.version() == {"from_the_future"}


# --- transactions -------------------------------------------------------------------------------------------


async def test_single_transaction_keeps_all_or_nothing(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    history.add("b2", 'op.execute("INSERT INTO nowhere VALUES (1)")')
    migrator = history.migrator(engine, single_transaction=True)
    with pytest.raises(RevisionFailedError) as caught:
        await migrator.upgrade()
    assert caught.value.committed == ()
    assert await look.tables() == set()
    assert (await migrator.upgrade("a1")).heads_after == {"a1"}


async def test_autocommit_block_runs_outside_and_the_rest_inside(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    outside = "VACUUM" if engine.dialect.name == "postgresql" else "PRAGMA foreign_keys = OFF"
    history.add(
        "a1",
        f"""
        op.create_table("before", sa.Column("id", sa.Integer))
        with op.get_context().autocommit_block():
            op.execute("{outside}")
        op.create_table("after", sa.Column("id", sa.Integer))
        raise ValueError("at the end")
        """,
    )
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(engine).upgrade()
    assert caught.value.partly
    assert "What it did before leaving its transaction is committed, the rest is not." in str(caught.value)
    assert await look.tables() - {VERSION_TABLE} == {"before"}


async def test_a_revision_that_commits_by_itself_is_recorded_and_said(
    engine: AsyncEngine, history: Any, look: Any, caplog: pytest.LogCaptureFixture
) -> None:
    history.add(
        "a1",
        """
        op.create_table("t", sa.Column("id", sa.Integer))
        op.get_bind().commit()
        """,
    )
    history.table("b2", "u")
    with caplog.at_level(logging.WARNING, logger="async_migrate"):
        await history.migrator(engine).upgrade()
    assert await look.version() == {"b2"}
    assert caplog.messages == ["Revision a1 committed by itself, so it is not atomic."]


async def test_a_revision_that_rolls_back_is_not_recorded(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.add(
        "a1",
        """
        op.create_table("t", sa.Column("id", sa.Integer))
        op.get_bind().rollback()
        """,
    )
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(engine).upgrade()
    assert str(caught.value.__cause__) == (
        "The revision rolled back its transaction, and with it what it had done. Use a savepoint, "
        "op.get_bind().begin_nested(), for what may fail"
    )
    assert await look.tables() == set()


async def test_a_block_outside_the_callers_transaction_is_refused(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add("a1", 'with op.get_context().autocommit_block():\n    op.execute("SELECT 1")')
    async with postgresql_engine.connect() as connection:
        await connection.begin()
        with pytest.raises(RevisionFailedError) as caught:
            await migrate_to_head(connection, location=history.location, transaction="caller")
    assert str(caught.value.__cause__) == (
        "The transaction around this revision cannot be ended here: it belongs to the caller, or the revision "
        "ended it itself. Leave COMMIT and ROLLBACK to the engine, use op.get_context().autocommit_block() for "
        "what must run outside a transaction, and hand over a connection that is in no transaction."
    )


async def test_a_server_that_is_not_there(tmp_path: Path, history: Any) -> None:
    history.table("a1", "users")
    path = tmp_path / "missing" / "app.db"
    with pytest.raises(DatabaseUnreachableError) as caught:
        await history.migrator(f"sqlite+aiosqlite:///{path}").upgrade()
    assert str(caught.value) == (
        f"Cannot connect to sqlite+aiosqlite:///{path}: unable to open database file. "
        "Check that the directory of the file exists and may be written to."
    )


async def test_a_savepoint_may_be_rolled_back(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.add(
        "a1",
        """
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("INSERT INTO t VALUES (1)")
        savepoint = op.get_bind().begin_nested()
        try:
            op.execute("INSERT INTO t VALUES (1)")
        except sa.exc.IntegrityError:
            savepoint.rollback()
        """,
    )
    await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM t") == [(1,)]
    assert await look.version() == {"a1"}


async def test_a_connection_in_a_transaction_is_refused(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(ConnectionInTransactionError) as caught:
            await migrate_to_head(connection, location=history.location)
        assert connection.in_transaction()
    assert str(caught.value).endswith(
        "is already in a transaction, so nothing was migrated: whether and when it commits would not be known "
        'here. Commit or roll back first, or pass transaction="caller" to run inside your transaction and commit it '
        "yourself."
    )
    assert await look.tables() == set()


async def test_inside_the_callers_transaction_the_caller_decides(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    async with engine.connect() as connection:
        await connection.begin()
        result = await migrate_to_head(connection, location=history.location, transaction="caller")
        assert result.heads_after == {"b2"}
        await connection.rollback()
        assert await look.tables() == set()
        await connection.begin()
        await migrate_to_head(connection, location=history.location, transaction="caller")
        await connection.commit()
    assert await look.tables() == {"users", "posts", VERSION_TABLE}
    assert await look.version() == {"b2"}


async def test_a_failure_inside_the_callers_transaction_is_the_callers_to_undo(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.add("a1", 'op.create_table("t", sa.Column("id", sa.Integer))\nraise ValueError("no")')
    async with engine.connect() as connection:
        await connection.begin()
        with pytest.raises(RevisionFailedError) as caught:
            await migrate_to_head(connection, location=history.location, transaction="caller")
        assert "ValueError: no. It ran inside the caller's transaction: roll that back." in str(caught.value)
        await connection.rollback()
    assert await look.tables() == set()


async def test_a_database_that_alembic_has_migrated_is_not_migrated_from_the_start(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await connection.execute(text("INSERT INTO alembic_version VALUES ('a1')"))
    history.table("a1", "users")
    with pytest.raises(ForeignHistoryError) as caught:
        await history.migrator(engine).upgrade()
    assert str(caught.value) == (
        f"The database has no table {VERSION_TABLE}, but alembic_version holds 'a1': Alembic has migrated it, "
        "so nothing was run. Set version_table = 'alembic_version' to go on from there, with both tools if need be, "
        "or record where it is with `async-migrate stamp`."
    )
    assert await look.tables() == {"alembic_version"}
    assert (await history.migrator(engine, version_table="alembic_version").status()).at_head
    await history.migrator(engine).stamp("head")
    assert (await history.migrator(engine).upgrade()).applied == ()


async def test_the_location_of_the_configuration_file_brings_its_settings(
    engine: AsyncEngine, history: Any, look: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.table("a1", "users")
    (tmp_path / "async_migrate.toml").write_text('location = "migrations"\nversion_table = "ours"\n')
    monkeypatch.chdir(tmp_path)
    await migrate_to_head(engine, location="migrations")
    assert await look.tables() == {"users", "ours"}
    assert (await Migrator(engine).status()).at_head
    other = tmp_path / "library"
    (other / "versions").mkdir(parents=True)
    assert Migrator(engine, location=other).config.version_table == VERSION_TABLE


async def test_a_pool_that_has_no_connection_left(sqlite_url: str, history: Any) -> None:
    history.table("a1", "users")
    engine = create_async_engine(
        sqlite_url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, pool_timeout=0.1
    )
    try:
        async with engine.connect():
            with pytest.raises(DatabaseUnreachableError, match="QueuePool limit"):
                await history.migrator(engine).upgrade()
    finally:
        await engine.dispose()


async def test_an_engine_that_commits_by_itself_still_migrates_atomically(
    postgresql_url: str, history: Any
) -> None:
    history.add("a1", 'op.create_table("t", sa.Column("id", sa.Integer))\nraise ValueError')
    engine = create_async_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    try:
        with pytest.raises(RevisionFailedError):
            await history.migrator(engine).upgrade()
        async with engine.connect() as connection:
            assert (await connection.scalar(text("SELECT to_regclass('t')"))) is None
    finally:
        await engine.dispose()


async def test_an_sqlite_engine_with_a_begin_recipe_of_its_own(sqlite_url: str, history: Any) -> None:
    history.add("a1", 'op.create_table("t", sa.Column("id", sa.Integer))\nraise ValueError')
    engine = create_async_engine(sqlite_url, connect_args={"isolation_level": None})
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with pytest.raises(RevisionFailedError, match="ValueError"):
            await history.migrator(engine).upgrade()
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT name FROM sqlite_master"))).all() == []
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver.isolation_level is None
    finally:
        await engine.dispose()


# --- foreign keys on SQLite ---------------------------------------------------------------------------------


def _enforcing(url: str) -> AsyncEngine:
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "connect")
    def enforce(driver: Any, record: Any) -> None:
        cursor = driver.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine


PARENT_AND_CHILD = """
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(10)))
    op.create_table(
        "child",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO parent VALUES (1, 'one'), (2, 'two')")
    op.execute("INSERT INTO child VALUES (1, 1), (2, 2), (3, 2)")
"""


async def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(sqlite_url: str, history: Any) -> None:
    history.add("a1", PARENT_AND_CHILD)
    history.add(
        "b2",
        """
        with op.batch_alter_table("parent") as batch:
            batch.alter_column("name", existing_type=sa.String(10), type_=sa.String(50), nullable=False)
        """,
    )
    engine = _enforcing(sqlite_url)
    try:
        await history.migrator(engine).upgrade()
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT id FROM child ORDER BY id"))).scalars().all() == [
                1,
                2,
                3,
            ]
            assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
    finally:
        await engine.dispose()


async def test_rows_left_without_their_parent_stop_the_commit(sqlite_url: str, history: Any) -> None:
    history.add("a1", PARENT_AND_CHILD)
    history.add("b2", 'op.execute("DELETE FROM parent WHERE id = 2")')
    engine = _enforcing(sqlite_url)
    try:
        with pytest.raises(RevisionFailedError) as caught:
            await history.migrator(engine).upgrade()
        assert isinstance(caught.value.__cause__, ForeignKeysBrokenError)
        assert str(caught.value.__cause__) == (
            "2 row(s) of 'child' would refer to rows that do not exist. Foreign keys are switched off while a "
            "revision runs on SQLite and checked before it commits. Delete or mend those rows in the revision; "
            "PRAGMA foreign_key_check lists them."
        )
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM parent")) == 2
    finally:
        await engine.dispose()


# --- hooks, events, arguments -------------------------------------------------------------------------------


async def test_hooks_run_in_the_transaction_of_each_step(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.add("a1", 'op.create_table("log", sa.Column("entry", sa.String(50)))')
    history.table("b2", "users", message="create users")

    def note(*, ctx: Any, step: Any, heads: set[str], run_args: dict[str, Any]) -> None:
        assert run_args == {}
        ctx.execute(
            text(f"INSERT INTO log VALUES ('{step.up_revision_id} up={step.is_upgrade} {sorted(heads)[0]}')")
        )

    async def note_later(**kwargs: Any) -> None:
        await asyncio.sleep(0)
        note(**kwargs)

    await history.migrator(engine, on_version_apply=[note, note_later]).upgrade()
    assert await look.rows("SELECT entry FROM log ORDER BY entry") == [
        ("a1 up=True a1",),
        ("a1 up=True a1",),
        ("b2 up=True b2",),
        ("b2 up=True b2",),
    ]


async def test_a_hook_that_raises_undoes_the_step(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")

    def refuse(**kwargs: Any) -> None:
        raise PermissionError("not on a Friday")

    with pytest.raises(RevisionFailedError, match="not on a Friday"):
        await history.migrator(engine, on_version_apply=refuse).upgrade()
    assert await look.tables() == set()


async def test_events_tell_each_step_while_it_happens(engine: AsyncEngine, history: Any) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    seen: list[tuple[str, str, int, int]] = []

    async def listen(event: StepStarted | StepFinished) -> None:
        await asyncio.sleep(0)
        seen.append((type(event).__name__, event.step.revision.revision, event.number, event.total))

    await history.migrator(engine, listener=listen).upgrade()
    assert seen == [
        ("StepStarted", "a1", 1, 2),
        ("StepFinished", "a1", 1, 2),
        ("StepStarted", "b2", 2, 2),
        ("StepFinished", "b2", 2, 2),
    ]


async def test_x_arguments_and_the_tag_reach_the_body(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.add(
        "a1",
        """
        x = op.get_context().get_x_argument(as_dictionary=True)
        op.create_table("t", sa.Column("v", sa.String(50)))
        op.execute(f"INSERT INTO t VALUES ('{x['tenant']} {x['flag']!r} {op.get_context().tag}')".replace("''", "-"))
        """,
    )
    await history.migrator(engine, x_arguments=["tenant=blue", "flag"]).upgrade(tag="v1")
    assert await look.rows("SELECT v FROM t") == [("blue - v1",)]


# --- the version table --------------------------------------------------------------------------------------


async def test_identifiers_longer_than_32_characters(engine: AsyncEngine, history: Any, look: Any) -> None:
    first, second = "0001_" + "a" * 40, "0002_" + "b" * 200
    history.table(first, "users")
    history.table(second, "posts")
    await history.migrator(engine).upgrade()
    assert await look.version() == {second}


async def test_a_narrow_table_of_alembic_is_widened_when_it_must_be(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
        )
        await connection.execute(text("INSERT INTO alembic_version VALUES ('a1')"))
    history.table("a1", "users")
    long = "0002_a_readable_identifier_of_more_than_thirty_two"
    history.table(long, "posts")
    await history.migrator(engine, version_table="alembic_version").upgrade()
    assert await look.version("alembic_version") == {long}
    assert await look.tables() == {"posts", "alembic_version"}


async def test_branches_have_a_row_each_and_a_merge_one(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "a")
    history.table("b1", "b", down="a1")
    history.table("c1", "c", down="a1")
    migrator = history.migrator(engine)
    await migrator.upgrade("heads")
    assert await look.version() == {"b1", "c1"}
    history.add("m1", down=("b1", "c1"))
    await migrator.upgrade()
    assert await look.version() == {"m1"}
    await migrator.downgrade("-1")
    assert await look.version() == {"b1", "c1"}


async def test_stamp_writes_rows_and_runs_nothing(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    migrator = history.migrator(engine)
    assert (await migrator.stamp("head")).heads_after == {"b2"}
    assert await look.tables() == {VERSION_TABLE}
    await migrator.stamp("a1")
    assert await look.version() == {"a1"}
    await migrator.stamp("base")
    assert await look.version() == set()


async def test_purge_forgets_what_nobody_knows(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    migrator = history.migrator(engine)
    await migrator.ensure_version()
    async with engine.begin() as connection:
        await connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('x'), ('y')"))
    await migrator.stamp("a1", purge=True)
    assert await look.version() == {"a1"}
    await migrator.stamp("base", purge=True)
    assert await look.version() == set()


async def test_ensure_version_creates_the_table_once(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    migrator = history.migrator(engine)
    assert await migrator.ensure_version() is True
    assert await migrator.ensure_version() is False
    assert await look.tables() == {VERSION_TABLE}


async def test_a_version_table_in_a_schema_of_its_own(postgresql_engine: AsyncEngine, history: Any) -> None:
    history.table("a1", "users")
    async with postgresql_engine.begin() as connection:
        await connection.execute(text("CREATE SCHEMA ledger"))
    await history.migrator(postgresql_engine, version_table_schema="ledger", version_table="v").upgrade()
    async with postgresql_engine.connect() as connection:
        assert (await connection.scalar(text("SELECT version_num FROM ledger.v"))) == "a1"


async def test_a_version_table_that_says_something_else_afterwards_is_an_error(
    engine: AsyncEngine, history: Any
) -> None:
    history.table("a1", "users")

    def meddle(*, ctx: Any, **kwargs: Any) -> None:
        ctx.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('extra')"))

    with pytest.raises(HeadsDifferError) as caught:
        await history.migrator(engine, on_version_apply=meddle).upgrade()
    assert str(caught.value) == (
        f"Every revision ran, but {VERSION_TABLE} holds 'a1', 'extra' where it should hold 'a1': something else "
        "changed it, or a revision rolled back. Compare the schema with the revisions before running anything "
        "else, then correct the rows with `async-migrate stamp`."
    )


async def test_a_row_that_disappears_during_the_run_stops_it(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.table("a1", "users")
    history.add("b2", f'op.execute("DELETE FROM {VERSION_TABLE}")')
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(engine).upgrade()
    assert isinstance(caught.value.__cause__, VersionRowMissingError)
    assert str(caught.value.__cause__) == (
        f"Expected one row for revision 'a1' in {VERSION_TABLE}, found 0: something else changed the version table "
        "during the run. Nothing of this revision was kept; see what `async-migrate current` says and run again."
    )
    assert await look.version() == {"a1"}


async def test_a_version_table_that_is_something_else(engine: AsyncEngine, history: Any) -> None:
    history.table("a1", "users")
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num INTEGER)"))
        await connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (7)"))
    with pytest.raises(VersionRowUnreadableError) as caught:
        await history.migrator(engine).upgrade()
    assert str(caught.value) == (
        f"The table {VERSION_TABLE} holds 7, which is not a revision identifier. Point version_table at the right "
        "table, or correct that row."
    )


# --- reading ------------------------------------------------------------------------------------------------


async def test_reading_changes_nothing(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    migrator = history.migrator(engine)
    status = await migrator.status()
    assert (status.current, status.expected, status.at_head) == (frozenset(), {"b2"}, False)
    assert [one.revision for one in status.pending] == ["a1", "b2"]
    assert await migrator.current() == ()
    assert [one.revision.revision for one in await migrator.history(indicate_current=True)] == ["b2", "a1"]
    assert [step.revision.revision for step in await migrator.plan("head")] == ["a1", "b2"]
    assert await look.tables() == set()

    await migrator.upgrade("a1")
    assert [one.revision.revision for one in await migrator.current()] == ["a1"]
    assert [one.is_current for one in await migrator.history("a1:b2", indicate_current=True)] == [False, True]
    assert [one.revision.revision for one in await migrator.show("current")] == ["a1"]


async def test_looking_at_a_file_that_is_not_there_does_not_create_it(tmp_path: Path, history: Any) -> None:
    history.table("a1", "users")
    path = tmp_path / "nothing" / "app.db"
    path.parent.mkdir()
    migrator = history.migrator(f"sqlite+aiosqlite:///{path}", metadata=MetaData())
    assert not (await migrator.status()).at_head
    assert await migrator.current() == ()
    assert len(await migrator.plan()) == 1
    assert len(await migrator.history(indicate_current=True)) == 1
    with pytest.raises(NotUpToDateError):
        await migrator.check()
    with pytest.raises(UnknownRevisionError):
        await migrator.upgrade("nope")
    assert list(path.parent.iterdir()) == []


async def test_a_head_that_only_a_dependency_implies_is_current_too(
    engine: AsyncEngine, history: Any
) -> None:
    history.table("a1", "a")
    history.table("b1", "b", down=None, depends_on="a1")
    migrator = history.migrator(engine)
    await migrator.upgrade("heads")
    assert {one.revision.revision for one in await migrator.current()} == {"a1", "b1"}


# --- many at once, and stopping -----------------------------------------------------------------------------


async def test_fifty_databases_at_once(tmp_path: Path, history: Any) -> None:
    history.add(
        "a1",
        """async
        name = op.get_context().get_x_argument(as_dictionary=True)["name"]
        op.create_table(f"only_{name}", sa.Column("id", sa.Integer))
        await asyncio.sleep(0)
        op.execute(f"INSERT INTO only_{name} VALUES (1)")
        """,
    )
    history.table("b2", "shared")
    engines = {str(n): create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/{n}.db") for n in range(50)}
    try:
        results = await asyncio.gather(
            *(
                migrate_to_head(engine, location=history.location, x_arguments=[f"name={name}"])
                for name, engine in engines.items()
            )
        )
        assert all(result.heads_after == {"b2"} for result in results)
        for name, engine in engines.items():
            async with engine.connect() as connection:
                found = await connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
                assert set(found) == {f"only_{name}", "shared", VERSION_TABLE}
    finally:
        for engine in engines.values():
            await engine.dispose()


async def test_ten_postgresql_databases_at_once(postgresql_server: Any, history: Any) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    urls = [postgresql_server.create_database() for _ in range(10)]
    try:
        results = await asyncio.gather(*(migrate_to_head(url, location=history.location) for url in urls))
        assert [len(result.applied) for result in results] == [2] * 10
    finally:
        for url in urls:
            postgresql_server.drop_database(url)


async def test_cancelling_between_statements_leaves_nothing(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    reached = asyncio.Event()
    history.table("a1", "users")
    history.add(
        "b2",
        """async
        op.create_table("half", sa.Column("id", sa.Integer))
        op.get_context().config["reached"].set()
        await asyncio.sleep(3600)
        """.replace('op.get_context().config["reached"].set()', "__import__('test_reached').event.set()"),
    )
    import sys
    import types

    sys.modules["test_reached"] = types.SimpleNamespace(event=reached)  # type: ignore[assignment]
    try:
        task = asyncio.create_task(history.migrator(engine).upgrade())
        await asyncio.wait_for(reached.wait(), timeout=30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, timeout=30)
    finally:
        del sys.modules["test_reached"]
    assert await look.tables() == {"users", VERSION_TABLE}
    assert await look.version() == {"a1"}


LONG_STATEMENT = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(3600)",
}


async def test_cancelling_in_the_middle_of_a_statement_stops_it(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.add(
        "a1",
        f"""
        op.create_table("half", sa.Column("id", sa.Integer))
        op.execute("{LONG_STATEMENT[engine.dialect.name]}")
        """,
    )
    started = asyncio.Event()
    event.listen(
        engine.sync_engine,
        "before_cursor_execute",
        lambda *args: started.set() if args[2] in LONG_STATEMENT.values() else None,
    )
    task = asyncio.create_task(history.migrator(engine).upgrade())
    await asyncio.wait_for(started.wait(), timeout=30)
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, timeout=60)
    assert await look.tables() == set()
    if engine.dialect.name == "postgresql":
        assert await look.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state <> 'idle'"
        ) == [(0,)]


async def test_under_uvloop(database_url: str, history: Any) -> None:
    uvloop = pytest.importorskip("uvloop")
    history.add("a1", BODIES["async def with op"])

    def in_a_thread() -> Any:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(migrate_to_head(database_url, location=history.location))

    result = await asyncio.to_thread(in_a_thread)
    assert result.heads_after == {"a1"}


async def test_the_hosts_logging_is_left_alone(engine: AsyncEngine, history: Any) -> None:
    history.table("a1", "users")

    def state() -> dict[str, Any]:
        loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
        return {one.name: (one.level, one.disabled, one.propagate, list(one.handlers)) for one in loggers}

    logging.getLogger("application").setLevel(logging.DEBUG)
    logging.getLogger("async_migrate")
    before = state()
    await history.migrator(engine).upgrade()
    await history.migrator(engine).downgrade("base")
    after = state()
    assert {name: after[name] for name in before} == before
    assert not logging.getLogger("async_migrate").handlers
