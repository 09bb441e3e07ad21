"""What every command starts from: a configuration, and the database it is about."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from async_migrate.commands.project import Project
from async_migrate.errors import NoTargetError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncConnection

    from async_migrate.config import Config
    from async_migrate.database.connect import Target
    from async_migrate.database.version_table import VersionRows, VersionTable
    from async_migrate.events import Listener

__all__ = ["Workspace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A configuration and a target; nothing is open, so one serves any number of commands at a time.

    Attributes:
        config: The configuration, the overrides included.
        overrides: Single settings that the caller gave; they win over ``env.py``, which wins over the file.
        given: The target that the caller handed over; the configured URL is used where it is None.
        listener: Told about each step of a run.
        joined: Work inside the transaction that is open on the caller's connection.
    """

    config: Config
    overrides: Mapping[str, object] = field(default_factory=dict)
    given: Target | None = None
    listener: Listener | None = None
    joined: bool = False

    @property
    def target(self) -> Target:
        """The database.

        Raises:
            NoTargetError: None was given, and no URL is configured.
        """
        target = self.given if self.given is not None else self.config.resolved_url(os.environ)
        if target is None:
            raise NoTargetError
        return target

    @property
    def url(self) -> str:
        """The database, as it may be printed."""
        from async_migrate.database.connect import describe_target

        return describe_target(self.target)

    def environment(self) -> Config:
        """Import ``env.py``, if there is one, and return the configuration with what it says."""
        from async_migrate.scripts.environment import load_environment

        return load_environment(self.config).replace(**self.overrides)

    async def project(self) -> Project:
        """Read the revisions from disk."""
        return await Project.read(self.config)

    def connected(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection."""
        from async_migrate.database.connect import connect

        return connect(self.target)

    def looked_at(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection for looking only.

        An SQLite file that is not there is not created: an empty database in memory answers in its place.
        """
        from async_migrate.database.connect import connect

        return connect("sqlite+aiosqlite://" if self.is_missing else self.target)

    @property
    def is_missing(self) -> bool:
        """Whether the database is a file that is not there yet."""
        from async_migrate.database.connect import is_missing_file

        return is_missing_file(self.target)

    @property
    def version_table(self) -> VersionTable:
        """The version table of the configuration."""
        from async_migrate.database.version_table import VersionTable

        return VersionTable(
            self.config.version_table,
            schema=self.config.version_table_schema,
            primary_key=self.config.version_table_pk,
        )

    async def rows(self, connection: AsyncConnection) -> VersionRows:
        """Read the version table."""
        return await connection.run_sync(self.version_table.read)
