"""Indexes that PostgreSQL builds and drops CONCURRENTLY: when, over what is there already, and after a failure."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.util import await_only

import async_migrate
from async_migrate import Direction, migrate_to_head
from async_migrate.errors import (
    IndexBuildFailedError,
    IndexMissingError,
    IndexNameTakenError,
    NameDiffersOutsideError,
    OutsideTransactionError,
    PartitionedIndexError,
    RevisionFailedError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy.ext.asyncio import AsyncEngine

BUILD = 'op.create_index("ix", "t", ["a"], postgresql_concurrently=True)'
BUILD_UNIQUE = 'op.create_index("ix", "t", ["a"], unique=True, postgresql_concurrently=True)'
BUILD_GUARDED = 'op.create_index("ix", "t", ["a"], if_not_exists=True, postgresql_concurrently=True)'
DROP = 'op.drop_index("ix", "t", postgresql_concurrently=True)'
DROP_GUARDED = 'op.drop_index("ix", "t", if_exists=True, postgresql_concurrently=True)'

SECONDS = 60
"""How long anything may take; what is waited for here takes a fraction of one."""


@dataclass(frozen=True)
class Index:
    """What the catalogue says of an index."""

    oid: int
    table: str
    valid: bool


@dataclass
class Database:
    """The database of a test, seen and changed from outside of the run."""

    engine: AsyncEngine

    async def run(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        async with self._alone() as connection:
            for statement in statements:
                await connection.execute(text(statement))

    async def value(self, query: str) -> Any:
        async with self._alone() as connection:
            return await connection.scalar(text(query))

    async def indexes(self) -> dict[str, Index]:
        """Return the indexes of the test's own tables by name; those of other schemas with it."""
        query = """
            SELECT CAST(CAST(indexrelid AS regclass) AS text), CAST(indexrelid AS bigint),
                CAST(CAST(indrelid AS regclass) AS text), indisvalid AND indisready
            FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
            WHERE NOT relnamespace IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
                AND relname <> 'async_migrate_version'
        """
        async with self._alone() as connection:
            return {name: Index(*rest) for name, *rest in await connection.execute(text(query))}

    async def version(self) -> set[str]:
        async with self._alone() as connection:
            return set(await connection.scalars(text("SELECT version_num FROM async_migrate_version")))

    async def until(self, query: str, *, during: asyncio.Task[Any] | None = None) -> Any:
        """Ask until the answer is true, which must be so while a task runs."""
        async with asyncio.timeout(SECONDS), self._alone() as connection:
            while not (answer := await connection.scalar(text(query))):
                if during is not None and during.done():
                    raise AssertionError(f"it ended before: {during.result()}")
                await asyncio.sleep(0.02)
        return answer

    async def until_a_build_waits(self, *, during: asyncio.Task[Any] | None = None) -> int:
        """Wait until a build has begun and stands still, and return the process of the server."""
        waiting = (
            "SELECT pid FROM pg_stat_progress_create_index WHERE phase = 'waiting for writers before build'"
        )
        return int(await self.until(waiting, during=during))

    async def until_it_waits_for_a_build(self, *, during: asyncio.Task[Any]) -> None:
        """Wait until a run waits for the build of somebody else."""
        await self.until(
            "SELECT true FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(0.2)'", during=during
        )

    async def until_gone(self, backend: int) -> None:
        """Wait until a process of the server has ended, or has nothing left to do."""
        await self.until(
            f"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {backend} AND state <> 'idle')"
        )

    async def leave_invalid(self, definition: str = "UNIQUE INDEX CONCURRENTLY ix ON t (a)") -> Index:
        """Leave an invalid index behind, as PostgreSQL does when a build fails; the table is empty afterwards."""
        await self.run("INSERT INTO t (a) VALUES (1), (1)")
        with contextlib.suppress(Exception):
            await self.run(f"CREATE {definition}")
        await self.run("TRUNCATE t")
        [left] = (await self.indexes()).values()
        assert not left.valid
        return left

    @contextlib.asynccontextmanager
    async def writer(self, table: str = "t") -> AsyncIterator[None]:
        """Keep a transaction open that has written to a table: a concurrent build waits for its end."""
        async with self.engine.connect() as connection:
            await connection.execute(text(f"INSERT INTO {table} (a) VALUES (100)"))
            try:
                yield
            finally:
                await connection.rollback()

    def _alone(self) -> Any:
        return self.engine.execution_options(isolation_level="AUTOCOMMIT").connect()


@pytest.fixture
async def database(postgresql_engine: AsyncEngine) -> Database:
    found = Database(postgresql_engine)
    await found.run("CREATE TABLE t (a integer, b text)")
    return found


async def fails(migrator: Any, **options: Any) -> RevisionFailedError:
    with pytest.raises(RevisionFailedError) as caught:
        await asyncio.wait_for(migrator.upgrade(**options), SECONDS)
    return caught.value


# --- the main line ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["", "async\n"], ids=["def", "async_def"])
async def test_it_needs_no_ceremony(
    database: Database, history: Any, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    history.add("a1", body + BUILD, body + DROP)
    migrator = history.migrator(database.engine)
    with caplog.at_level(logging.WARNING, logger="async_migrate"):
        await migrator.upgrade()
        assert (await database.indexes())["ix"].valid
        assert await database.version() == {"a1"}
        await migrator.downgrade("base")
    assert await database.indexes() == {}
    assert await database.version() == set()
    assert caplog.messages == []


async def test_it_really_is_concurrent(database: Database, history: Any) -> None:
    history.add("a1", BUILD)
    async with database.writer():
        run = asyncio.create_task(history.migrator(database.engine).upgrade())
        await database.until_a_build_waits(during=run)
        await database.run("INSERT INTO t (a) VALUES (1)")
    await asyncio.wait_for(run, SECONDS)
    assert (await database.indexes())["ix"].valid


async def test_what_comes_before_is_committed_and_the_rest_is_one_transaction(
    database: Database, history: Any
) -> None:
    history.add(
        "a1",
        f"""
        op.execute("CREATE TABLE before (a integer)")
        {BUILD}
        op.execute("CREATE TABLE after (a integer)")
        raise ValueError("at the end")
        """,
    )
    failure = await fails(history.migrator(database.engine))
    assert failure.partly
    assert str(failure).endswith(
        "What it did before leaving its transaction is committed, the rest is not. No revision was committed in this "
        "run. Mend the revision so that what is committed may run again (if_not_exists=True, or a revision of its "
        "own), and run the same command again."
    )
    assert await database.value("SELECT to_regclass('before')") is not None
    assert await database.value("SELECT to_regclass('after')") is None
    assert (await database.indexes())["ix"].valid
    assert await database.version() == set()


async def test_a_table_of_the_same_revision(database: Database, history: Any) -> None:
    history.add(
        "a1",
        """
        op.create_table("u", sa.Column("a", sa.Integer), schema=None)
        op.create_index("ix_u", "u", ["a"], postgresql_concurrently=True)
        op.execute("INSERT INTO u VALUES (1)")
        """,
    )
    await history.migrator(database.engine).upgrade()
    assert (await database.indexes())["ix_u"].valid
    assert await database.value("SELECT count(*) FROM u") == 1
    assert await database.version() == {"a1"}


async def test_several_in_a_batch(database: Database, history: Any) -> None:
    history.add(
        "a1",
        """
        with op.batch_alter_table("t") as batch:
            batch.create_index("ix", ["a"], postgresql_concurrently=True)
            batch.add_column(sa.Column("c", sa.Integer))
            batch.create_index("ix_c", ["c"], postgresql_concurrently=True)
        """,
    )
    await history.migrator(database.engine).upgrade()
    assert {name for name, index in (await database.indexes()).items() if index.valid} == {"ix", "ix_c"}


async def test_inside_an_autocommit_block(database: Database, history: Any) -> None:
    history.add(
        "a1",
        f"""
        op.execute("CREATE TABLE before (a integer)")
        with op.get_context().autocommit_block():
            {BUILD}
            op.execute("CREATE TABLE between (a integer)")
            op.create_index("ix_b", "t", ["b"], postgresql_concurrently=True)
        op.execute("CREATE TABLE after (a integer)")
        """,
    )
    await history.migrator(database.engine).upgrade()
    assert {name for name, index in (await database.indexes()).items() if index.valid} == {"ix", "ix_b"}
    for table in ("before", "between", "after"):
        assert await database.value(f"SELECT to_regclass('{table}')") is not None
    assert await database.version() == {"a1"}


async def test_a_body_may_go_on_after_a_failure(database: Database, history: Any) -> None:
    await database.run("INSERT INTO t (a) VALUES (1), (1)")
    history.add(
        "a1",
        f"""
        try:
            {BUILD_UNIQUE}
        except Exception:
            op.create_index("ix", "t", ["a"], postgresql_concurrently=True)
        op.execute("CREATE TABLE after (a integer)")
        """,
    )
    await history.migrator(database.engine).upgrade()
    assert (await database.indexes())["ix"].valid
    assert await database.value("SELECT indisunique FROM pg_index WHERE indexrelid = 'ix'::regclass") is False
    assert await database.value("SELECT to_regclass('after')") is not None
    assert await database.version() == {"a1"}


# --- names --------------------------------------------------------------------------------------------------

NAMES = {
    "quoted": ('op.create_index("My ix", "T x", ["a"], {c})', '"My ix"', '"T x"'),
    "schema": ('op.create_index("ix", "u", ["a"], schema="s", {c})', "s.ix", "s.u"),
    "double_quotes": ("""op.create_index('i"x', 'q"t', ["a"], {c})""", '"i""x"', '"q""t"'),
    "truncated": (f'op.create_index(op.f("{"long" * 15}"), "t", ["a"], {{c}})', "long" * 15, "t"),
    "umlauts": (
        f'op.create_index("{"ü" * 40}", "t", ["a"], {{c}})',
        f'"{"ü" * 31}"',
        "t",
    ),  # 63 bytes are kept of 80
}


@pytest.mark.parametrize(("directive", "index", "table"), NAMES.values(), ids=NAMES)
async def test_names_are_those_of_the_server(
    database: Database, history: Any, directive: str, index: str, table: str
) -> None:
    await database.run(
        'CREATE TABLE "T x" (a integer)',
        'CREATE TABLE "q""t" (a integer)',
        "CREATE SCHEMA s",
        "CREATE TABLE s.u (a integer)",
    )
    history.add("a1", directive.format(c="postgresql_concurrently=True"))
    history.add("b2", directive.format(c="postgresql_concurrently=True, if_not_exists=True"))
    history.add("c3", directive.format(c="postgresql_concurrently=True"))
    await history.migrator(database.engine).upgrade()
    [(name, found)] = (await database.indexes()).items()
    assert (name, found.table, found.valid) == (index, table, True)


async def test_schemas_may_be_translated(database: Database, history: Any) -> None:
    await database.run("CREATE SCHEMA s", "CREATE TABLE s.u (a integer)")
    history.add("a1", 'op.create_index("ix", "u", ["a"], postgresql_concurrently=True)')
    history.add("b2", 'op.create_index("ix", "u", ["a"], if_not_exists=True, postgresql_concurrently=True)')
    history.add("c3", 'op.drop_index("ix", "u", postgresql_concurrently=True)')
    async with database.engine.connect() as connection:
        await connection.execution_options(schema_translate_map={None: "s"})
        migrator = history.migrator(connection, version_table_schema="s")
        await migrator.upgrade("b2")
        assert (await database.indexes())["s.ix"].valid
        await migrator.upgrade("c3")
    assert await database.indexes() == {}


async def test_a_search_path_that_ends_with_the_transaction_does_not_mislead(
    database: Database, history: Any
) -> None:
    await database.run("CREATE SCHEMA tenant", "CREATE TABLE tenant.t (a integer)")
    history.add("a1", f'op.execute("SET LOCAL search_path TO tenant, public")\n{BUILD}')
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, NameDiffersOutsideError)
    assert str(failure.__cause__) == (
        "Index ix was left as it is: CONCURRENTLY works outside the transaction of the revision, and there t is not "
        "what it is inside. SET LOCAL search_path ends with the transaction; name the schema in the directive instead."
    )
    assert await database.indexes() == {}


@pytest.mark.parametrize("namesake", [True, False])
@pytest.mark.parametrize("drop", [DROP, DROP_GUARDED], ids=["plain", "if_exists"])
async def test_nor_does_it_drop_the_index_of_another_schema(
    database: Database, history: Any, drop: str, namesake: bool
) -> None:
    await database.run("CREATE SCHEMA tenant", "CREATE TABLE tenant.t (a integer)")
    await database.run("CREATE INDEX ix ON tenant.t (a)", *["CREATE INDEX ix ON t (a)"] * namesake)
    before = await database.indexes()
    history.add("a1", f'op.execute("SET LOCAL search_path TO tenant, public")\n{drop}')
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, NameDiffersOutsideError)
    assert await database.indexes() == before


async def test_an_unknown_table_is_the_databases_own_error_and_nothing_is_kept(
    database: Database, history: Any
) -> None:
    history.add(
        "a1",
        """
        op.execute("CREATE TABLE before (a integer)")
        op.create_index("ix", "nowhere", ["a"], postgresql_concurrently=True)
        """,
    )
    failure = await fails(history.migrator(database.engine))
    assert failure.reason == 'UndefinedTableError: relation "nowhere" does not exist'
    assert not failure.partly
    assert await database.value("SELECT to_regclass('before')") is None


# --- what is there already ----------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [BUILD, BUILD_GUARDED], ids=["plain", "if_not_exists"])
async def test_an_invalid_leftover_is_replaced(
    database: Database, history: Any, caplog: pytest.LogCaptureFixture, build: str
) -> None:
    left = await database.leave_invalid()
    history.add("a1", build)
    with caplog.at_level(logging.INFO, logger="async_migrate"):
        await history.migrator(database.engine).upgrade()
    [built] = (await database.indexes()).values()
    assert built.valid
    assert built.oid != left.oid
    assert "Dropping index public.ix, which an earlier build left invalid." in caplog.messages


async def test_if_not_exists_skips_a_valid_index_without_leaving_the_transaction(
    database: Database, history: Any
) -> None:
    await database.run("CREATE INDEX ix ON t (b)")
    before = await database.indexes()
    history.add(
        "a1",
        f'op.execute("CREATE TABLE before (a integer)")\n{BUILD_GUARDED}\nraise ValueError("at the end")',
    )
    failure = await fails(history.migrator(database.engine))
    assert not failure.partly
    assert await database.value("SELECT to_regclass('before')") is None
    history.add("a1", BUILD_GUARDED, down=None)
    await history.migrator(database.engine).upgrade()
    assert await database.indexes() == before


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("CREATE INDEX ix ON u (a)", "an index on u"),
        ("CREATE TABLE ix (a integer)", "something that is no index"),
    ],
    ids=["index_of_another_table", "table"],
)
async def test_if_not_exists_is_not_content_with_a_namesake(
    database: Database, history: Any, other: str, found: str
) -> None:
    await database.run("CREATE TABLE u (a integer)", other)
    history.add("a1", BUILD_GUARDED)
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, IndexNameTakenError)
    assert str(failure.__cause__) == (
        f"Index ix was not built on t: its name belongs to {found}, so IF NOT EXISTS would leave t without. Give the "
        "index another name."
    )
    assert not failure.partly


DEFINITIONS = {
    "plain": ('["a"]', "INDEX ix ON t (a)"),
    "unique": ('["a"], unique=True', "UNIQUE INDEX ix ON t (a)"),
    "expression": ('[sa.text("lower(b)"), sa.text("a DESC")]', "INDEX ix ON t (lower(b), a DESC)"),
    "partial": (
        '["a"], postgresql_where=sa.text("b = \' USING \'")',
        "INDEX ix ON t (a) WHERE b = ' USING '",
    ),
    "method": ('["a"], postgresql_using="hash"', "INDEX ix ON t USING hash (a)"),
    "include": ('["a"], postgresql_include=["b"]', "INDEX ix ON t (a) INCLUDE (b)"),
    "options": ('["a"], postgresql_with={"fillfactor": 50}', "INDEX ix ON t (a) WITH (fillfactor = 50)"),
    "operators": (
        '["b"], postgresql_ops={"b": "text_pattern_ops"}',
        "INDEX ix ON t (b text_pattern_ops)",
    ),
}


@pytest.mark.parametrize("asked", DEFINITIONS)
@pytest.mark.parametrize("there", DEFINITIONS)
async def test_the_very_same_index_counts_as_built_and_another_is_an_error(
    database: Database, history: Any, asked: str, there: str
) -> None:
    await database.run(f"CREATE {DEFINITIONS[there][1]}")
    before = await database.indexes()
    history.add("a1", f'op.create_index("ix", "t", {DEFINITIONS[asked][0]}, postgresql_concurrently=True)')
    if asked == there:
        await history.migrator(database.engine).upgrade()
        assert await database.version() == {"a1"}
    else:
        failure = await fails(history.migrator(database.engine))
        assert failure.reason == 'DuplicateTableError: relation "ix" already exists'
    assert await database.indexes() == before


async def test_an_invalid_index_of_another_table_is_not_touched(database: Database, history: Any) -> None:
    await database.run("CREATE TABLE u (a integer)")
    left = await database.leave_invalid()
    history.add("a1", 'op.create_index("ix", "u", ["a"], postgresql_concurrently=True)')
    failure = await fails(history.migrator(database.engine))
    assert failure.reason == 'DuplicateTableError: relation "ix" already exists'
    assert await database.indexes() == {"ix": left}


@pytest.mark.parametrize("drop", [DROP, DROP_GUARDED], ids=["plain", "if_exists"])
async def test_an_invalid_index_can_be_dropped(database: Database, history: Any, drop: str) -> None:
    await database.leave_invalid()
    history.add("a1", drop)
    await history.migrator(database.engine).upgrade()
    assert await database.indexes() == {}


async def test_nothing_to_drop(database: Database, history: Any) -> None:
    history.add("a1", DROP)
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, IndexMissingError)
    assert str(failure.__cause__) == (
        "There is no index ix to drop. If an earlier run dropped it and was cut short before it could record that, "
        "pass if_exists=True; otherwise look at the name and the schema."
    )
    assert not failure.partly
    history.add("a1", DROP_GUARDED, down=None)
    await history.migrator(database.engine).upgrade()
    assert await database.version() == {"a1"}


# --- builds that fail ---------------------------------------------------------------------------------------


async def test_duplicate_rows(database: Database, history: Any) -> None:
    await database.run("INSERT INTO t (a) VALUES (1), (1)")
    history.add("a1", f'op.execute("CREATE TABLE IF NOT EXISTS before (a integer)")\n{BUILD_UNIQUE}')
    migrator = history.migrator(database.engine)
    failure = await fails(migrator)
    cause = failure.__cause__
    assert isinstance(cause, IndexBuildFailedError)
    assert (cause.index, cause.table, cause.leftover) == ("ix", "t", None)
    assert str(cause) == (
        'Index ix could not be built on t: could not create unique index "ix" DETAIL: Key (a)=(1) is duplicated. '
        "The unfinished index was dropped. Remove the cause, in the rows or in the definition, and run again."
    )
    assert failure.partly
    assert await database.indexes() == {}
    assert await database.version() == set()

    await database.run("DELETE FROM t")
    await migrator.upgrade()
    assert (await database.indexes())["ix"].valid
    assert await database.version() == {"a1"}


async def test_a_build_that_fails_before_it_begins_is_the_databases_own_error(
    database: Database, history: Any
) -> None:
    history.add("a1", 'op.create_index("ix", "t", ["nothing"], postgresql_concurrently=True)')
    failure = await fails(history.migrator(database.engine))
    assert failure.reason == 'UndefinedColumnError: column "nothing" does not exist'
    assert failure.statement == "CREATE INDEX CONCURRENTLY ix ON t (nothing)"
    assert await database.indexes() == {}


async def test_a_build_is_not_believed_but_looked_at(database: Database, history: Any) -> None:
    def spoil(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("CREATE INDEX CONCURRENTLY"):
            connection.exec_driver_sql(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix'::regclass"
            )

    history.add("a1", BUILD)
    event.listen(database.engine.sync_engine, "after_cursor_execute", spoil)
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, IndexBuildFailedError)
    assert failure.__cause__.reason == "the server took the statement, yet has no valid index now"
    assert await database.indexes() == {}
    assert await database.version() == set()


async def test_a_leftover_that_cannot_be_dropped_is_named_and_the_next_run_drops_it(
    database: Database, history: Any
) -> None:
    history.add("a1", f"op.execute(\"SET lock_timeout = '100ms'\")\n{BUILD}")
    migrator = history.migrator(database.engine)
    async with database.writer():
        failure = await fails(migrator)
        assert isinstance(failure.__cause__, IndexBuildFailedError)
        assert str(failure.__cause__) == (
            "Index ix could not be built on t: canceling statement due to lock timeout. The unfinished index is still "
            "there (canceling statement due to lock timeout), and the next run drops it first. Remove the cause, and "
            "run again."
        )
        assert not (await database.indexes())["ix"].valid
    await migrator.upgrade()
    assert (await database.indexes())["ix"].valid


async def test_what_somebody_else_builds_is_no_leftover(database: Database, history: Any) -> None:
    """The other build begins after this one has looked, and this one gives up waiting for it."""
    history.add("a1", f"op.execute(\"SET lock_timeout = '100ms'\")\n{BUILD}")
    others: list[asyncio.Task[None]] = []

    async def begin_another() -> None:
        others.append(asyncio.create_task(database.run("CREATE INDEX CONCURRENTLY ix ON t (a)")))
        await database.until_a_build_waits(during=others[0])

    def in_between(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("CREATE INDEX CONCURRENTLY") and not others:
            await_only(begin_another())

    event.listen(database.engine.sync_engine, "before_cursor_execute", in_between)
    async with database.writer():
        failure = await fails(history.migrator(database.engine))
        building = await database.indexes()
    assert failure.reason == "LockNotAvailableError: canceling statement due to lock timeout"
    await asyncio.wait_for(others[0], SECONDS)
    assert (await database.indexes())["ix"] == replace(building["ix"], valid=True)


# --- builds that are cut short ------------------------------------------------------------------------------

PROGRAM = """
import asyncio, sys
from async_migrate import migrate_to_head
asyncio.run(migrate_to_head(sys.argv[1], location=sys.argv[2]))
"""


class Victim:
    """A process that upgrades until it is killed."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, "-c", PROGRAM, *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(Path(async_migrate.__file__).parents[1])}
        self._process = subprocess.Popen(self._command, env=environment)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            assert self._process.wait(SECONDS) == -signal.SIGKILL
            self._process = None


@pytest.fixture
def victim(postgresql_url: str, history: Any) -> Iterator[Victim]:
    found = Victim(postgresql_url, str(history.location))
    yield found
    found.kill()


CUT_SHORT = {
    "one": BUILD,
    "the_second_of_two": f'op.create_index("ix_u", "u", ["a"], postgresql_concurrently=True)\n{BUILD}',
    "if_not_exists": BUILD_GUARDED,
    "unique": BUILD_UNIQUE,
    "written_as_sql": 'op.execute("CREATE INDEX CONCURRENTLY ix ON t (a)")',
}


@pytest.mark.parametrize("body", CUT_SHORT.values(), ids=CUT_SHORT)
@pytest.mark.parametrize("server", ["ends_too", "finishes", "is_still_building"])
async def test_killed_while_building_and_run_again(
    database: Database, history: Any, victim: Victim, body: str, server: str
) -> None:
    await database.run("CREATE TABLE u (a integer)")
    history.table("a1", "earlier")
    history.add("b2", body)
    upgrade = history.migrator(database.engine).upgrade
    async with database.writer():
        victim.start()
        backend = await database.until_a_build_waits()
        victim.kill()
        cut_short = await database.indexes()
        assert not cut_short["ix"].valid
        if server == "ends_too":
            await database.run(f"SELECT pg_terminate_backend({backend})")
            await database.until_gone(backend)
        again = asyncio.create_task(upgrade()) if server == "is_still_building" else None
        if again is not None:
            await database.until_it_waits_for_a_build(during=again)
    await database.until_gone(backend)
    await asyncio.wait_for(again or upgrade(), SECONDS)

    found = await database.indexes()
    assert found.keys() == cut_short.keys()
    assert all(index.valid for index in found.values())
    # What the server finished by itself is not built a second time, nor is what was complete before.
    kept = found.keys() if server != "ends_too" else found.keys() - {"ix"}
    assert {name: found[name].oid for name in kept} == {name: cut_short[name].oid for name in kept}
    assert await database.version() == {"b2"}


async def test_killed_while_dropping_and_run_again(database: Database, history: Any, victim: Victim) -> None:
    await database.run("CREATE INDEX ix ON t (a)")
    history.add("a1", DROP)
    async with database.writer():
        victim.start()
        backend = await database.until(
            "SELECT pid FROM pg_locks WHERE locktype = 'virtualxid' AND NOT granted"
        )
        victim.kill()
        assert not (await database.indexes())["ix"].valid
        await database.run(f"SELECT pg_terminate_backend({backend})")
        await database.until_gone(backend)
    await history.migrator(database.engine).upgrade()
    assert await database.indexes() == {}
    assert await database.version() == {"a1"}


async def test_what_was_committed_before_the_index_meets_itself(
    database: Database, history: Any, victim: Victim
) -> None:
    """The limit: only statements that may run again do, until a journal says what is done."""
    create = 'op.create_table("before", sa.Column("a", sa.Integer){})'
    history.add("a1", f"{create.format('')}\n{BUILD}")
    async with database.writer():
        victim.start()
        backend = await database.until_a_build_waits()
        victim.kill()
    await database.until_gone(backend)
    failure = await fails(history.migrator(database.engine))
    assert failure.reason == 'DuplicateTableError: relation "before" already exists'
    assert not failure.partly

    history.add("a1", f"{create.format(', if_not_exists=True')}\n{BUILD}", down=None)
    await history.migrator(database.engine).upgrade()
    assert (await database.indexes())["ix"].valid
    assert await database.version() == {"a1"}


async def test_cancelled_while_building_and_run_again(database: Database, history: Any) -> None:
    history.add("a1", BUILD)
    migrator = history.migrator(database.engine)
    async with database.writer():
        run = asyncio.create_task(migrator.upgrade())
        backend = await database.until_a_build_waits(during=run)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(run, SECONDS)
        await database.until_gone(backend)
        assert await database.version() == set()
    await migrator.upgrade()
    assert (await database.indexes())["ix"].valid


async def test_the_connection_is_cut_while_building(database: Database, history: Any) -> None:
    history.add("a1", BUILD)
    migrator = history.migrator(database.engine)
    async with database.writer():
        run = asyncio.create_task(migrator.upgrade())
        backend = await database.until_a_build_waits(during=run)
        await database.run(f"SELECT pg_terminate_backend({backend})")
        with pytest.raises(RevisionFailedError, match="connection"):
            await asyncio.wait_for(run, SECONDS)
    await migrator.upgrade()
    assert (await database.indexes())["ix"].valid


async def test_waiting_for_another_build_is_said(
    database: Database, history: Any, caplog: pytest.LogCaptureFixture
) -> None:
    history.add("a1", DROP)
    async with database.writer():
        build = asyncio.create_task(database.run("CREATE INDEX CONCURRENTLY ix ON t (a)"))
        backend = await database.until_a_build_waits()
        run = asyncio.create_task(history.migrator(database.engine).upgrade())
        await database.until_it_waits_for_a_build(during=run)
    await asyncio.wait_for(asyncio.gather(build, run), SECONDS)
    assert caplog.messages == [
        f"Waiting for server process {backend}, which builds an index (ix); pg_terminate_backend() would end it."
    ]
    assert await database.indexes() == {}


async def test_two_builds_on_one_table_do_not_deadlock(
    database: Database, history: Any, tmp_path: Path
) -> None:
    """Each would wait in a queue while holding a snapshot that the other one waits for."""
    history.add("a1", BUILD)
    async with database.writer():
        build = asyncio.create_task(database.run("CREATE INDEX CONCURRENTLY ix_b ON t (b)"))
        await database.until_a_build_waits()
        run = asyncio.create_task(history.migrator(database.engine).upgrade())
        await database.until_it_waits_for_a_build(during=run)
    await asyncio.wait_for(asyncio.gather(build, run), SECONDS)
    assert {name for name, index in (await database.indexes()).items() if index.valid} == {"ix", "ix_b"}


# --- where the transaction may not be left ------------------------------------------------------------------

PLAINLY = ", or leave CONCURRENTLY out, if writing to the table may wait that long."
STATEMENTS = {
    "build": (BUILD, "CREATE INDEX CONCURRENTLY ix ON t (a)"),
    "drop": (DROP_GUARDED, "DROP INDEX CONCURRENTLY IF EXISTS ix"),
    "sql": ('op.execute("REINDEX TABLE CONCURRENTLY t")', "REINDEX TABLE CONCURRENTLY t"),
}
SINGLE = (
    " cannot run inside a transaction, and single_transaction keeps the whole run in one. Switch it off for this run "
    "(the statement may have a revision of its own, so that the others stay atomic)" + PLAINLY
)


@pytest.mark.parametrize(("body", "statement"), STATEMENTS.values(), ids=STATEMENTS)
async def test_a_single_transaction_is_not_ended(
    database: Database, history: Any, body: str, statement: str
) -> None:
    history.table("a1", "earlier")
    history.add("b2", body)
    failure = await fails(history.migrator(database.engine, single_transaction=True))
    assert isinstance(failure.__cause__, OutsideTransactionError)
    assert (failure.__cause__.statement, failure.__cause__.held_by) == (statement, "single_transaction")
    assert str(failure.__cause__) == statement + SINGLE
    assert not failure.partly
    assert await database.value("SELECT to_regclass('earlier')") is None
    assert await database.indexes() == {}

    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(database.engine, single_transaction=True).sql("head")
    assert str(caught.value.__cause__) == statement + SINGLE


async def test_a_transaction_of_the_callers_is_not_ended(database: Database, history: Any) -> None:
    history.add("a1", BUILD)
    async with database.engine.connect() as connection:
        await connection.execute(text("CREATE TABLE mine (a integer)"))
        with pytest.raises(RevisionFailedError) as caught:
            await migrate_to_head(connection, location=history.location, transaction="caller")
        assert connection.in_transaction()
        assert await connection.scalar(text("SELECT count(*) FROM mine")) == 0
        await connection.rollback()
    assert isinstance(caught.value.__cause__, OutsideTransactionError)
    assert str(caught.value.__cause__) == (
        "CREATE INDEX CONCURRENTLY ix ON t (a) cannot run inside a transaction, and the transaction here is the "
        'caller\'s (transaction="caller"). Hand over a connection that is in no transaction and let the engine begin '
        "and commit" + PLAINLY
    )
    assert await database.indexes() == {}


@pytest.mark.parametrize(
    "body",
    [
        f"with op.get_bind().begin_nested():\n    {BUILD}",
        f"async\nasync with op.session() as session, session.begin():\n    await session.connection()\n    {BUILD}",
    ],
    ids=["begin_nested", "session"],
)
async def test_a_savepoint_is_not_lost(database: Database, history: Any, body: str) -> None:
    history.add("a1", body)
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, OutsideTransactionError)
    assert str(failure.__cause__) == (
        "CREATE INDEX CONCURRENTLY ix ON t (a) cannot run inside a transaction, and it stands inside a savepoint "
        "(begin_nested, or a session that has not committed), which would be lost. Move it out of that block"
        + PLAINLY
    )
    assert not failure.partly
    assert await database.indexes() == {}


async def test_a_session_that_has_committed_is_in_nobodys_way(database: Database, history: Any) -> None:
    history.add(
        "a1",
        f"""async
        async with op.session() as session:
            await session.execute(sa.text("INSERT INTO t (a) VALUES (1)"))
            await session.commit()
            {BUILD}
            await session.execute(sa.text("INSERT INTO t (a) VALUES (2)"))
            await session.commit()
        """,
    )
    await asyncio.wait_for(history.migrator(database.engine).upgrade(), SECONDS)
    assert (await database.indexes())["ix"].valid
    assert await database.value("SELECT count(*) FROM t") == 2


# --- SQL of the author's own ---------------------------------------------------------------------------------

WRITTEN = {
    "create": ("CREATE INDEX CONCURRENTLY ix ON t (a)", {"ix"}),
    "create_in_an_odd_way": (
        '\n create unique  index\nconcurrently "ix" on only public . t using btree (a) ;\n',
        {"ix"},
    ),
    "create_without_a_name": ("CREATE INDEX CONCURRENTLY ON t (a)", {"t_a_idx"}),
    "drop": ("DROP INDEX CONCURRENTLY there", set()),
    "reindex": ("REINDEX INDEX CONCURRENTLY there", {"there"}),
    "reindex_with_options": ("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", {"there"}),
}


@pytest.mark.parametrize(("sql", "names"), WRITTEN.values(), ids=WRITTEN)
async def test_a_plain_statement_is_understood(
    database: Database, history: Any, sql: str, names: set[str]
) -> None:
    if "there" in sql or "there" in names:
        await database.run("CREATE INDEX there ON t (b)")
    history.add("a1", f"op.execute({sql!r})")
    await history.migrator(database.engine).upgrade()
    assert {name for name, index in (await database.indexes()).items() if index.valid} == names
    assert await database.version() == {"a1"}


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1; CREATE INDEX CONCURRENTLY ix ON t (a)", "CREATE INDEX CONCURRENTLY ix ON t (a); SELECT 1"],
)
async def test_a_script_is_left_alone(database: Database, history: Any, sql: str) -> None:
    history.add("a1", f"op.execute({sql!r})")
    failure = await fails(history.migrator(database.engine))
    assert "CREATE INDEX CONCURRENTLY cannot run inside a transaction block" in failure.reason
    assert not failure.partly


# --- partitions ---------------------------------------------------------------------------------------------


async def test_partitioned_tables(database: Database, history: Any) -> None:
    await database.run(
        "CREATE TABLE p (a integer) PARTITION BY RANGE (a)",
        "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
    )
    history.add("a1", 'op.create_index("ix", "p", ["a"], postgresql_concurrently=True)')
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, PartitionedIndexError)
    assert str(failure.__cause__) == (
        "PostgreSQL cannot build ix CONCURRENTLY, because p is partitioned. Build such an index on each partition "
        "CONCURRENTLY, then ix on p without: PostgreSQL attaches what is there and has nothing left to build."
    )
    assert not failure.partly

    history.add(
        "a1",
        """
        op.create_index("ix_1", "p_1", ["a"], postgresql_concurrently=True)
        op.create_index("ix", "p", ["a"])
        """,
        down=None,
    )
    await history.migrator(database.engine).upgrade()
    assert {name: index.valid for name, index in (await database.indexes()).items()} == {
        "ix": True,
        "ix_1": True,
    }

    history.add("b2", 'op.drop_index("ix", "p", postgresql_concurrently=True)')
    failure = await fails(history.migrator(database.engine))
    assert isinstance(failure.__cause__, PartitionedIndexError)
    assert str(failure.__cause__) == (
        "PostgreSQL cannot drop ix CONCURRENTLY, because it is the index of a partitioned table. Leave CONCURRENTLY "
        "out; its indexes on the partitions are dropped with it."
    )
    history.add("b2", 'op.drop_index("ix", "p")', down="a1")
    await history.migrator(database.engine).upgrade()
    assert await database.indexes() == {}


async def test_materialized_views_have_indexes_too(database: Database, history: Any) -> None:
    await database.run("CREATE MATERIALIZED VIEW m AS SELECT * FROM t")
    history.add("a1", 'op.create_index("ix", "m", ["a"], unique=True, postgresql_concurrently=True)')
    await history.migrator(database.engine).upgrade()
    assert (await database.indexes())["ix"].valid


# --- offline ------------------------------------------------------------------------------------------------


async def test_a_script_ends_the_transaction_and_begins_another(history: Any) -> None:
    history.table("a1", "users")
    history.add("b2", f"op.execute('SELECT 1')\n{BUILD}\nop.execute('SELECT 2')", DROP)
    migrator = history.migrator("postgresql+asyncpg://nowhere/db")
    assert (await migrator.sql("a1:b2")).split("\n\n") == [
        "BEGIN;",
        "-- Running upgrade a1 -> b2, about b2",
        "SELECT 1;",
        "COMMIT;",
        "CREATE INDEX CONCURRENTLY ix ON t (a);",
        "BEGIN;",
        "SELECT 2;",
        "UPDATE async_migrate_version SET version_num='b2' WHERE async_migrate_version.version_num = 'a1';",
        "COMMIT;",
        "",
    ]
    down = (await migrator.sql("b2:a1", direction=Direction.DOWNGRADE)).split("\n\n")
    assert down[2:5] == ["COMMIT;", "DROP INDEX CONCURRENTLY ix;", "BEGIN;"]
