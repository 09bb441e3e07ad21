"""The tests' own MariaDB: skipped where there is none and never in silence, nothing left behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mariadb_server import SERVER_VARIABLE, is_missing
from other_pytest import SECONDS, runs, wait_until
from sqlalchemy import inspect, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from mariadb_server import MariaDBServer
    from other_pytest import OtherPytest
    from sqlalchemy.ext.asyncio import AsyncEngine

TESTS = """
def test_on_sqlite(sqlite_url): pass
def test_on_mariadb(mariadb_url): print(f"<{mariadb_url}>")
"""
NOT_INSTALLED = "import mariadb_server\nmariadb_server._program = lambda name: None\n"
HOW_TO_GET_IT = (
    "MariaDB is not installed (apt-get install mariadb-server) and ASYNC_MIGRATE_TEST_MARIADB names none "
    "(mariadb+asyncmy://user:password@host:port/database)"
)


# --- databases ----------------------------------------------------------------------------------------------


async def test_the_engine_is_on_an_empty_database(mariadb_engine: AsyncEngine) -> None:
    async with mariadb_engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
        assert (await connection.scalar(text("SELECT version()"))).split("-")[1] == "MariaDB"


async def test_databases_are_apart_and_dropped_while_in_use(
    mariadb_server: MariaDBServer, mariadb_engine: AsyncEngine
) -> None:
    url = mariadb_server.create_database()
    other = create_async_engine(url, poolclass=NullPool)
    async with other.connect() as connection, mariadb_engine.connect() as here:
        await connection.execute(text("CREATE TABLE t (a INT)"))
        await connection.execute(text("SELECT * FROM t"))
        assert await here.run_sync(lambda sync: inspect(sync).get_table_names()) == []
        mariadb_server.drop_database(url)
        assert make_url(url).database not in (await here.scalars(text("SHOW DATABASES"))).all()
        await connection.invalidate()


# --- another pytest -----------------------------------------------------------------------------------------


def test_without_mariadb_the_tests_are_skipped_and_say_so(other_pytest: OtherPytest, tmp_path: Path) -> None:
    (tmp_path / "not_installed.py").write_text(NOT_INSTALLED)
    status, output = other_pytest.run(TESTS, "-p", "not_installed", "-rs")
    assert status == 0, output
    assert "1 passed, 1 skipped" in output
    assert f"\nMariaDB: tests that need it are skipped. {HOW_TO_GET_IT}\n" in output
    assert "".join(HOW_TO_GET_IT.split()) in "".join(output.partition("short test summary")[2].split())


def test_a_server_that_does_not_start_says_why(other_pytest: OtherPytest, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho no room; exit 1\n")
    program.chmod(0o755)
    tmp_path.chmod(0o755)
    (tmp_path / "broken.py").write_text(
        f"import mariadb_server\nmariadb_server._program = lambda name: {str(program)!r}\n"
    )
    status, output = other_pytest.run(TESTS, "-p", "broken")
    assert status == 1
    assert "The MariaDB that is installed could not be started: " in output
    assert "1 passed, 1 error" in output


def test_a_named_server_that_does_not_answer(other_pytest: OtherPytest) -> None:
    address = "mariadb+asyncmy://me:secret@127.0.0.1:1/app"
    status, output = other_pytest.run(TESTS, **{SERVER_VARIABLE: address})
    assert status == 1
    assert (
        "The MariaDB server that ASYNC_MIGRATE_TEST_MARIADB names "
        "(mariadb+asyncmy://me:***@127.0.0.1:1/app) could not be used: "
    ) in output
    assert "secret" not in output


async def test_a_test_leaves_no_database_behind(
    other_pytest: OtherPytest, mariadb_server: MariaDBServer, mariadb_engine: AsyncEngine
) -> None:
    status, output = other_pytest.run(TESTS, "-s", **{SERVER_VARIABLE: mariadb_server.url("mysql")})
    assert status == 0, output
    name = make_url(output.partition("<")[2].partition(">")[0]).database
    assert name is not None
    assert name.startswith("async_migrate_test_")
    async with mariadb_engine.connect() as connection:
        assert name not in (await connection.scalars(text("SHOW DATABASES"))).all()


@pytest.mark.mariadb
@pytest.mark.skipif(is_missing(), reason=HOW_TO_GET_IT)
@pytest.mark.skipif(SERVER_VARIABLE in os.environ, reason=f"{SERVER_VARIABLE} is set: no server is started")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_killed_pytest_leaves_no_server_and_no_folder(
    other_pytest: OtherPytest, tmp_path: Path, end: signal.Signals
) -> None:
    test_file = f"""
import asyncio, pathlib
from sqlalchemy import text

async def test_waits(mariadb_engine):
    async with mariadb_engine.connect() as connection:
        pid_file = await connection.scalar(text("SELECT @@pid_file"))
    partial = pathlib.Path({str(tmp_path)!r}, "partial")
    partial.write_text(pid_file)
    partial.rename(partial.with_name("pid_file"))
    await asyncio.sleep({SECONDS})
"""
    with other_pytest.start(test_file) as process:
        told = tmp_path / "pid_file"
        try:
            wait_until(lambda: told.exists() or process.poll() is not None)
            assert told.exists(), process.communicate()[0]
            pid_file = Path(told.read_text())
            server = int(pid_file.read_text())
            assert runs(server)
        finally:
            process.send_signal(end)
    wait_until(lambda: not runs(server))
    wait_until(lambda: not pid_file.parent.parent.exists())
