"""The databases that tests run on: SQLite in a file, and a real PostgreSQL (see ``postgres_server``).

A real MariaDB too (see ``mariadb_server``), for the tests that ask for it and where there is one.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import mariadb_server as mariadb
import postgres_server as postgresql
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from mariadb_server import MariaDBServer
    from postgres_server import PostgreSQLServer

LEFT_OUT = "PostgreSQL: left out, tests that need it are deselected (--no-postgresql)"


# --- leaving a server out, never silently -------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-postgresql", action="store_true", help="deselect the tests that need a PostgreSQL server"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgresql: needs a PostgreSQL server (set by the fixtures used)")
    config.addinivalue_line("markers", "mariadb: needs a MariaDB server (set by the fixtures used)")


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = [LEFT_OUT] if config.getoption("no_postgresql") else []
    if mariadb.is_missing():
        lines.append(f"MariaDB: tests that need it are skipped. {mariadb.MISSING}")
    return lines


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "postgresql_server" in getattr(item, "fixturenames", ()):
            item.add_marker("postgresql")
        if "mariadb_server" in getattr(item, "fixturenames", ()):
            item.add_marker("mariadb")
    if config.getoption("no_postgresql"):
        left_out = [item for item in items if item.get_closest_marker("postgresql")]
        items[:] = [item for item in items if not item.get_closest_marker("postgresql")]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("no_postgresql"):
        terminalreporter.write_line(LEFT_OUT, yellow=True)


# --- databases ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """Give the one server of the test session, started when the first test asks for it."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(postgresql.running_server())
        except postgresql.PostgreSQLUnavailableError as error:
            pytest.fail(str(error), pytrace=False)
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQLServer) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database that only this test has."""
    url = postgresql_server.create_database()
    yield url
    postgresql_server.drop_database(url)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDBServer]:
    """Give the one MariaDB of the test session, started when the first test asks for it, or skip the test."""
    if mariadb.is_missing():
        pytest.skip(mariadb.MISSING)
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(mariadb.running_server())
        except mariadb.MariaDBUnavailableError as error:
            pytest.fail(str(error), pytrace=False)
        yield server


@pytest.fixture
def mariadb_url(mariadb_server: MariaDBServer) -> Iterator[str]:
    """Give the URL of an empty MariaDB database that only this test has."""
    url = mariadb_server.create_database()
    yield url
    mariadb_server.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty database: the test runs once on every supported kind."""
    return request.getfixturevalue(f"{request.param}_url")


# --- engines ------------------------------------------------------------------------------------------------


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine on ``database_url``: the test runs once on every supported kind."""
    async with _engine(database_url) as engine:
        yield engine


@pytest.fixture
async def sqlite_engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    async with _engine(sqlite_url) as engine:
        yield engine


@pytest.fixture
async def postgresql_engine(postgresql_url: str) -> AsyncIterator[AsyncEngine]:
    async with _engine(postgresql_url) as engine:
        yield engine


@pytest.fixture
async def mariadb_engine(mariadb_url: str) -> AsyncIterator[AsyncEngine]:
    async with _engine(mariadb_url) as engine:
        yield engine


@contextlib.asynccontextmanager
async def _engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        yield engine
    finally:
        await engine.dispose()
