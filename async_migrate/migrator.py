"""The facade: one coroutine for each command, returning values and printing nothing.

The modules of a command are imported when it is called: ``heads`` and ``history`` only read the headers of files,
and must not pay for SQLAlchemy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from async_migrate.commands.workspace import Workspace
from async_migrate.history.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.config import Config
    from async_migrate.database.connect import Target
    from async_migrate.events import Listener
    from async_migrate.history.entry import RevisionEntry
    from async_migrate.history.plan import Plan
    from async_migrate.results import (
        CheckResult,
        GeneratedRevision,
        MigrationResult,
        Status,
    )

__all__ = ["Migrator", "migrate_to_head"]


async def migrate_to_head(target: Target, config: Config | None = None, **overrides: Any) -> MigrationResult:
    """Bring a database to the newest revision: the one line for an application's start.

    Call it at every start. Where everything is applied already it costs one query and executes no file.

    Args:
        target: An ``AsyncEngine``, an ``AsyncConnection`` or an async URL.
        config: The configuration; by default what is in ``overrides`` or in the configuration file.
        overrides: Settings by name, ``location="migrations"`` above all, and the arguments of :class:`Migrator`.

    Raises:
        UsageError: The configuration or the revision files are wrong; nothing was executed.
        ExecutionError: The database refused, or a revision failed; the error says what is committed.
    """
    return await Migrator(target, config, **overrides).upgrade()


class Migrator:
    """Runs the commands on one database and one directory of revisions.

    It holds no connection: each command opens one, or uses the one it was given, and leaves it as it was. One
    migrator may be used again and again, and many at the same time.

    Args:
        target: An ``AsyncEngine``, an ``AsyncConnection`` or an async URL; the configured ``url`` by default.
        config: The configuration. By default that of the configuration file that is found from the working
            directory; where ``overrides`` name another ``location`` than it does, its settings do not count.
        listener: Told about each step while it happens.
        transaction: ``"caller"`` runs inside the transaction that is open on the connection given, and leaves it
            to the caller to commit.
        overrides: Single settings, laid over the configuration.
    """

    def __init__(
        self,
        target: Target | None = None,
        config: Config | None = None,
        *,
        listener: Listener | None = None,
        transaction: Literal["engine", "caller"] = "engine",
        **overrides: Any,
    ) -> None:
        self._workspace = Workspace(
            config=_configuration(config, overrides),
            overrides=overrides,
            given=target,
            listener=listener,
            joined=transaction == "caller",
        )

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self._workspace.config

    @property
    def url(self) -> str:
        """The database, as it may be printed: without its password."""
        return self._workspace.url

    # --- running ---

    async def plan(
        self, target: str | Sequence[str] = "head", *, direction: Direction = Direction.UPGRADE
    ) -> Plan:
        """Return what a command would do, without doing it.

        Args:
            target: Where to go.
            direction: Which command is meant.
        """
        from async_migrate.commands import running

        return await running.plan(self._workspace, direction, target)

    async def upgrade(
        self, target: str | Sequence[str] = "head", *, tag: str | None = None
    ) -> MigrationResult:
        """Apply revisions up to a target, or several.

        Args:
            target: Any identifier: ``head``, ``heads``, ``+2``, ``ae10``, ``branch@head`` …
            tag: Handed on to revisions and hooks as ``op.get_context().tag``.
        """
        from async_migrate.commands import running

        return await running.migrate(self._workspace, Direction.UPGRADE, target, tag=tag)

    async def downgrade(self, target: str, *, tag: str | None = None) -> MigrationResult:
        """Take revisions back, down to a target.

        Args:
            target: Any identifier: ``base``, ``-1``, ``ae10``, ``branch@base`` …
            tag: Handed on to revisions and hooks as ``op.get_context().tag``.
        """
        from async_migrate.commands import running

        return await running.migrate(self._workspace, Direction.DOWNGRADE, target, tag=tag)

    async def stamp(
        self, targets: str | Sequence[str], *, purge: bool = False, tag: str | None = None
    ) -> MigrationResult:
        """Record that the database is at the targets, running nothing.

        Args:
            targets: One identifier or several; ``base`` for none.
            purge: Forget what the version table says first, even if it names unknown revisions.
            tag: Handed on to hooks as ``op.get_context().tag``.
        """
        from async_migrate.commands import running

        return await running.migrate(self._workspace, Direction.STAMP, targets, tag=tag, purge=purge)

    async def sql(
        self,
        target: str | Sequence[str] = "head",
        *,
        direction: Direction = Direction.UPGRADE,
        tag: str | None = None,
    ) -> str:
        """Return the SQL of an upgrade, a downgrade or a stamp, without connecting.

        Args:
            target: Where to go, or ``from:to``; a downgrade needs both ends, the others start at the base.
            direction: Which command is meant.
            tag: Handed on to revisions and hooks as ``op.get_context().tag``.
        """
        from async_migrate.commands import offline

        return await offline.script(self._workspace, direction, target, tag=tag)

    async def ensure_version(self) -> bool:
        """Create the version table if there is none.

        Returns:
            Whether it was created now.
        """
        from async_migrate.commands import running

        return await running.ensure_version(self._workspace)

    # --- reading ---

    async def status(self) -> Status:
        """Return where the database stands: its revisions, the newest ones, and what is between."""
        from async_migrate.commands import reading

        return await reading.status(self._workspace)

    async def current(self) -> tuple[RevisionEntry, ...]:
        """Return the applied heads, those included that only a dependency of another one implies."""
        from async_migrate.commands import reading

        return await reading.current(self._workspace)

    async def history(
        self, revision_range: str | None = None, *, indicate_current: bool = False
    ) -> tuple[RevisionEntry, ...]:
        """Return a part of the history, newest first.

        Args:
            revision_range: ``from:to``, either end optional, ``current`` allowed.
            indicate_current: Ask the database which revisions are current.
        """
        from async_migrate.commands import reading

        return await reading.history(self._workspace, revision_range, indicate_current=indicate_current)

    async def heads(self, *, resolve_dependencies: bool = False) -> tuple[RevisionEntry, ...]:
        """Return the revisions that no other one continues.

        Args:
            resolve_dependencies: Leave out those that another revision depends on.
        """
        from async_migrate.commands import reading

        return await reading.heads(self._workspace, resolve_dependencies=resolve_dependencies)

    async def branches(self) -> tuple[RevisionEntry, ...]:
        """Return the revisions that several others continue."""
        from async_migrate.commands import reading

        return await reading.branches(self._workspace)

    async def show(self, identifier: str) -> tuple[RevisionEntry, ...]:
        """Return the revisions that an identifier names.

        Args:
            identifier: Any identifier; ``current`` asks the database.
        """
        from async_migrate.commands import reading

        return await reading.show(self._workspace, identifier)

    async def check(self) -> CheckResult:
        """Compare the models with the database, and change neither."""
        from async_migrate.commands import writing

        return await writing.check(self._workspace)

    # --- writing ---

    async def revision(
        self,
        message: str | None = None,
        *,
        autogenerate: bool = False,
        head: str | Sequence[str] = "head",
        splice: bool = False,
        branch_label: str | Sequence[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
        rev_id: str | None = None,
        version_path: str | None = None,
    ) -> tuple[GeneratedRevision, ...]:
        """Write a new revision file.

        Args:
            message: What it is about; part of the file's name.
            autogenerate: Fill it with what makes the database equal to the models.
            head: The revision it continues; several make it a merge, ``base`` begins a branch of its own.
            splice: Allow a parent that is not a head.
            branch_label: A name, or several, for the branch it begins.
            depends_on: Revisions that must be applied before it.
            rev_id: Its identifier, instead of a new one.
            version_path: The directory for the file, where there are several.

        Returns:
            What was written: mostly one file, none if autogenerate found no difference.
        """
        from async_migrate.commands import writing

        request = writing.Request(
            message=message,
            head=head,
            splice=splice,
            branch_labels=_several(branch_label),
            depends_on=_several(depends_on),
            rev_id=rev_id,
            version_path=version_path,
        )
        return await writing.revision(self._workspace, request, autogenerate=autogenerate)

    async def merge(
        self,
        revisions: str | Sequence[str] = "heads",
        *,
        message: str | None = None,
        branch_label: str | Sequence[str] | None = None,
        rev_id: str | None = None,
        splice: bool = False,
    ) -> GeneratedRevision:
        """Write a revision file that continues several revisions.

        Args:
            revisions: The parents.
            message: What it is about.
            branch_label: A name, or several, for the branch it begins.
            rev_id: Its identifier, instead of a new one.
            splice: Allow parents that are not heads.
        """
        from async_migrate.commands import writing

        request = writing.Request(
            message=message,
            head=revisions,
            splice=splice,
            branch_labels=_several(branch_label),
            rev_id=rev_id,
        )
        return await writing.merge(self._workspace, request)


def _several(given: str | Sequence[str] | None) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _configuration(config: Config | None, overrides: dict[str, Any]) -> Config:
    if config is None:
        config = _found_configuration(overrides)
    return config.replace(**overrides) if overrides else config


def _found_configuration(overrides: dict[str, Any]) -> Config:
    """Return the configuration file's settings, if it is about the location that the caller names, if any.

    A library that migrates tables of its own names its location, and must not get the settings of the application
    around it; an application that names the location of its own file must get them all, its version table above all.
    """
    from async_migrate.config import Config
    from async_migrate.errors import ConfigurationNotFoundError
    from async_migrate.scripts.location import find_location
    from async_migrate.scripts.settings import read_settings

    if "location" not in overrides:
        return read_settings().config
    plain = Config()
    try:
        found = read_settings().config
    except ConfigurationNotFoundError:
        return plain
    named = find_location(plain.replace(location=overrides["location"]))
    return found if find_location(found).resolve() == named.resolve() else plain
