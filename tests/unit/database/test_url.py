"""URLs: which are refused, in which words, and how they are shown."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from async_migrate import Migrator
from async_migrate.database.connect import connect
from async_migrate.database.dialects import dialect_named
from async_migrate.database.url import async_url, shown_url
from async_migrate.errors import (
    InvalidURLError,
    MissingDriverError,
    NotADatabaseError,
    SyncURLError,
    UnknownDialectError,
)


@pytest.mark.parametrize(
    ("given", "better"),
    [
        ("sqlite:///app.db", "sqlite+aiosqlite:///app.db"),
        ("sqlite+pysqlite:///app.db", "sqlite+aiosqlite:///app.db"),
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgresql://me@db/app", "postgresql+asyncpg://me@db/app"),
        ("postgres://me@db/app", "postgresql+asyncpg://me@db/app"),
        ("postgresql+psycopg2://me@db:5433/app?x=1", "postgresql+asyncpg://me@db:5433/app?x=1"),
        ("mysql://db/app", "mysql+asyncmy://db/app"),
        ("mysql+pymysql://db/app", "mysql+asyncmy://db/app"),
        ("mariadb+mysqldb://db/app", "mariadb+asyncmy://db/app"),
        ("mssql+pyodbc://db/app", "mssql+aioodbc://db/app"),
        ("oracle://db/app", "oracle+oracledb_async://db/app"),
    ],
)
def test_a_blocking_url_is_refused_with_the_one_to_use(given: str, better: str) -> None:
    with pytest.raises(SyncURLError) as caught:
        async_url(given)
    assert caught.value.better == better
    assert caught.value.exit_code == 2
    assert str(caught.value) == (
        f"The URL {given} names a blocking driver, which would stall the event loop. "
        f"Use the asynchronous one: {better}"
    )


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:///app.db",
        "postgresql+asyncpg://db/app",
        "postgresql+psycopg://db/app",
        "mysql+aiomysql://db/app",
        "somedb+driver://host/x",
    ],
)
def test_an_asynchronous_url_is_taken_as_it_is(url: str) -> None:
    assert async_url(url) == make_url(url)


def test_the_password_is_in_no_message() -> None:
    with pytest.raises(SyncURLError) as caught:
        async_url("postgresql://me:s3cret@db/app?password=other")
    assert "s3cret" not in str(caught.value)
    assert "other" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "app.db", "user:s3cret@host"])
def test_what_is_no_url_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidURLError) as caught:
        async_url(text)
    assert str(caught.value) == (
        "The database URL is not one: the value given cannot be read. "
        "Write it as dialect+driver://user:password@host:port/database, "
        "for example sqlite+aiosqlite:///app.db or postgresql+asyncpg://localhost/app."
    )


def test_a_url_is_shown_without_its_passwords() -> None:
    shown = shown_url(make_url("postgresql+asyncpg://me:s3cret@db/app?sslpassword=x&application_name=y"))
    assert "s3cret" not in shown
    assert "sslpassword=x" not in shown
    assert shown.startswith("postgresql+asyncpg://me:***@db/app?")
    assert "application_name=y" in shown


async def test_a_missing_driver_names_what_to_install() -> None:
    with pytest.raises(MissingDriverError) as caught:
        async with connect("mysql+aiomysql://db/app"):
            pass
    assert str(caught.value) == (
        "The driver 'aiomysql' of mysql+aiomysql://db/app is not installed. Install it with: pip install 'aiomysql'"
    )


def test_a_missing_driver_of_ours_names_the_extra() -> None:
    error = MissingDriverError("postgresql+asyncpg://db/app", driver="asyncpg", extra="postgresql")
    assert str(error) == (
        "The driver 'asyncpg' of postgresql+asyncpg://db/app is not installed. "
        "Install it with: pip install 'async-migrate[postgresql]'"
    )


async def test_only_engines_connections_and_urls_can_be_migrated() -> None:
    with pytest.raises(NotADatabaseError) as caught:
        async with connect(create_engine("sqlite://")):  # type: ignore[arg-type]
            pass
    assert str(caught.value) == (
        "A Engine cannot be migrated: an AsyncEngine, an AsyncConnection or a URL can. "
        "Make the engine with create_async_engine()."
    )


@pytest.mark.parametrize(
    ("name", "hint"), [("postgress", " Did you mean 'postgres', 'postgresql'?"), ("dbase4", "")]
)
def test_a_dialect_nobody_provides(name: str, hint: str) -> None:
    with pytest.raises(UnknownDialectError) as caught:
        dialect_named(name)
    assert str(caught.value) == (
        f"There is no dialect named {name!r}.{hint} Built in are mariadb, mssql, mysql, oracle, postgres, postgresql, "
        "sqlite; others come with a package of their own."
    )


@pytest.mark.parametrize("name", ["postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle"])
def test_a_dialect_is_there_without_its_driver(name: str) -> None:
    assert dialect_named(name).name in {name, "mysql"}


async def test_a_blocking_engine_is_refused_by_every_command(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    with pytest.raises(NotADatabaseError):
        await Migrator(create_engine("sqlite://"), location=tmp_path).status()  # type: ignore[arg-type]
