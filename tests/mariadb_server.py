"""A real MariaDB for the tests where there is one: a private, throw-away server, or one that the environment names.

``ASYNC_MIGRATE_TEST_MARIADB``
    ``mariadb+asyncmy://user:password@host:port/database``. The tests use this server instead of starting one.
    Their databases, named ``async_migrate_test_…``, are created next to the named one and dropped again; the
    user must be allowed to.

Unlike PostgreSQL, MariaDB cannot come with the packages that the tests install. Where it is missing, the tests that
need it are skipped, and say how to get it. A server that is there but does not work is no reason to skip.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from database_server import DatabaseServer
from server_process import StartError, account_for_server, give, new_folder, on_a_free_port, serve
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER_VARIABLE = "ASYNC_MIGRATE_TEST_MARIADB"
ADDRESS = "mariadb+asyncmy://user:password@host:port/database"
MISSING = (
    f"MariaDB is not installed (apt-get install mariadb-server) and {SERVER_VARIABLE} names none ({ADDRESS})"
)
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")

SERVE = """
install=$1 server=$2
shift 2
"$install" --no-defaults --datadir="$root/data" --auth-root-authentication-method=normal --skip-test-db &&
exec "$server" --no-defaults --datadir="$root/data" --socket="$root/socket" --tmpdir="$root" "$@"
"""

SETTINGS = {
    "bind-address": "127.0.0.1",
    "character-set-server": "utf8mb4",
    "collation-server": "utf8mb4_general_ci",
    "innodb-buffer-pool-size": "64M",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-log-file-size": "16M",
    "max-connections": "200",
    "skip-log-bin": "1",
    "skip-name-resolve": "1",
}


class MariaDBUnavailableError(Exception):
    """A server is there and could not be used; the text says why and what to do next."""


def is_missing() -> bool:
    """Tell whether there is nothing to reach and nothing to start."""
    return not os.environ.get(SERVER_VARIABLE) and _program("mariadbd") is None


@contextlib.contextmanager
def running_server() -> Iterator[MariaDBServer]:
    """Give the server that the environment names, or else start a private one and end it afterwards.

    Raises:
        MariaDBUnavailableError: if it cannot be used.
    """
    if address := os.environ.get(SERVER_VARIABLE):
        yield _named_server(address)
        return
    with contextlib.ExitStack() as cleanup:
        try:
            port = _start(cleanup)
        except (StartError, OSError, LookupError) as error:
            raise MariaDBUnavailableError(
                f"The MariaDB that is installed could not be started: {error}. Mend or remove it, or name a "
                f"running server in {SERVER_VARIABLE} ({ADDRESS})."
            ) from error
        yield MariaDBServer(URL.create("mariadb+asyncmy", "root", host="127.0.0.1", port=port))


class MariaDBServer(DatabaseServer):
    """A running MariaDB."""

    def _create(self, name: str) -> None:
        self._execute(f"CREATE DATABASE `{name}`")

    def _drop(self, name: str) -> None:
        # MariaDB would wait for the transactions of a session that somebody forgot.
        query = f"SELECT group_concat(id) FROM information_schema.processlist WHERE db = '{name}'"
        for session in str(self._execute(query) or "").split(","):
            if session:
                self._execute(f"KILL {session}")
        self._execute(f"DROP DATABASE IF EXISTS `{name}`")


def _named_server(address: str) -> MariaDBServer:
    try:
        server = MariaDBServer(make_url(address))
        server.drop_database(server.create_database())
    except (SQLAlchemyError, OSError) as error:
        shown = "no URL" if isinstance(error, ArgumentError) else repr(make_url(address))
        raise MariaDBUnavailableError(
            f"The MariaDB server that {SERVER_VARIABLE} names ({shown}) could not be used: {error}. Start it, "
            f"correct the variable ({ADDRESS}), or unset it to let the tests start a server of their own."
        ) from error
    return server


def _start(cleanup: contextlib.ExitStack) -> int:
    """Start a server on a free port and return the port."""
    server, install = _program("mariadbd"), _program("mariadb-install-db")
    if server is None or install is None:
        raise StartError(f"no {'mariadbd' if server is None else 'mariadb-install-db'} there")
    account = account_for_server("mysql", "nobody")

    def launch(port: int) -> None:
        root: Path = new_folder("mariadb", cleanup)
        give(root, account)
        settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(port)}).items()]
        serve(
            SERVE,
            root,
            [install, server, *settings],
            account=account,
            is_ready=lambda printed: "ready for connections" in printed,
            cleanup=cleanup,
        )

    return on_a_free_port(launch)


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(SYSTEM_FOLDERS))
