"""There is no way to the database, or not the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors.base import ExecutionError, UsageError
from async_migrate.errors.configuration import ConfigurationError
from async_migrate.errors.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ConnectionInTransactionError",
    "DatabaseUnreachableError",
    "InvalidURLError",
    "MissingDriverError",
    "NoTargetError",
    "NotADatabaseError",
    "SyncURLError",
    "UnknownDialectError",
]


class InvalidURLError(ConfigurationError):
    """A database URL cannot be read.

    Attributes:
        scheme: What stands before ``://``; the rest may hold a password and is not repeated.
    """

    def __init__(self, url: str) -> None:
        self.scheme = url.partition("://")[0] if "://" in url else ""
        shown = f"{self.scheme}://…" if self.scheme else "the value given"
        super().__init__(
            f"The database URL is not one: {shown} cannot be read. "
            "Write it as dialect+driver://user:password@host:port/database, "
            "for example sqlite+aiosqlite:///app.db or postgresql+asyncpg://localhost/app."
        )


class SyncURLError(ConfigurationError):
    """A database URL names a blocking driver.

    Attributes:
        url: The URL, without its password.
        better: The same URL with an asynchronous driver.
    """

    def __init__(self, url: str, *, better: str) -> None:
        self.url = url
        self.better = better
        super().__init__(
            f"The URL {url} names a blocking driver, which would stall the event loop. "
            f"Use the asynchronous one: {better}"
        )


class MissingDriverError(ConfigurationError):
    """The driver that a URL names is not installed.

    Attributes:
        url: The URL, without its password.
        driver: The driver.
        extra: The extra of this package that installs it, where there is one.
    """

    def __init__(self, url: str, *, driver: str, extra: str | None) -> None:
        self.url = url
        self.driver = driver
        self.extra = extra
        package = f"async-migrate[{extra}]" if extra else driver
        super().__init__(
            f"The driver {driver!r} of {url} is not installed. Install it with: pip install '{package}'"
        )


class NoTargetError(ConfigurationError):
    """A command needs a database, and none is configured."""

    def __init__(self) -> None:
        super().__init__(
            "There is no database to work on. Set url in the configuration "
            '(url = "sqlite+aiosqlite:///app.db", or url = "env:DATABASE_URL"), '
            "or pass an engine, a connection or a URL."
        )


class NotADatabaseError(UsageError):
    """What was handed over to be migrated is none of the accepted kinds.

    Attributes:
        type_name: The type of what was handed over.
    """

    def __init__(self, target: object, *, is_sync_engine: bool) -> None:
        self.type_name = type(target).__name__
        step = "Make the engine with create_async_engine()." if is_sync_engine else "Pass one of those."
        super().__init__(
            f"A {self.type_name} cannot be migrated: an AsyncEngine, an AsyncConnection or a URL can. {step}"
        )


class DatabaseUnreachableError(ExecutionError):
    """No connection could be made.

    Attributes:
        url: The URL, without its password.
        reason: What the driver said.
    """

    def __init__(self, url: str, *, reason: str, is_file: bool = False) -> None:
        self.url = url
        self.reason = reason
        look = (
            "the directory of the file exists and may be written to"
            if is_file
            else "the server runs, and the host, port, database and user in the URL"
        )
        super().__init__(f"Cannot connect to {url}: {reason.rstrip('.')}. Check that {look}.")


class ConnectionInTransactionError(ExecutionError):
    """A connection was handed over with a transaction open on it.

    Attributes:
        url: The URL, without its password.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"The connection to {url} is already in a transaction, so nothing was migrated: whether and when it "
            'commits would not be known here. Commit or roll back first, or pass transaction="caller" to run '
            "inside your transaction and commit it yourself."
        )


class UnknownDialectError(UsageError):
    """No dialect of that name is installed.

    Attributes:
        name: The name asked for.
    """

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        self.name = name
        super().__init__(
            f"There is no dialect named {name!r}.{did_you_mean(name, known)} "
            f"Built in are {', '.join(known)}; others come with a package of their own."
        )
