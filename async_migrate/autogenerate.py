"""Comparing models with a database: inspect, ask the server what text cannot decide, diff."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from async_migrate.database.inspect import inspect_database
from async_migrate.database.inspect.canonical import canonicalize
from async_migrate.diff.compare import diff
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.options import DiffOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, MetaData
    from sqlalchemy.ext.asyncio import AsyncConnection

    from async_migrate.database.inspect import IncludeName
    from async_migrate.operations.containers import UpgradeOps

__all__ = ["compare", "compare_sync"]


async def compare(
    connection: AsyncConnection, metadata: MetaData | Sequence[MetaData], **options: Any
) -> UpgradeOps:
    """Return the operations that would make a database equal to models.

    The whole difference is reported, tables that only the database has included. The number of queries does not
    depend on how many tables there are.

    Args:
        connection: A connection to the database.
        metadata: The models: one ``MetaData``, or several that together describe one database.
        options: Those of :func:`compare_sync`.
    """
    return await connection.run_sync(partial(compare_sync, metadata=metadata, **options))


def compare_sync(
    connection: Connection,
    metadata: MetaData | Sequence[MetaData],
    *,
    include_schemas: bool = False,
    include_name: IncludeName | None = None,
    version_table: str | None = None,
    version_table_schema: str | None = None,
    **options: Any,
) -> UpgradeOps:
    """Do what :func:`compare` does, on the connection of a ``run_sync``.

    Args:
        connection: A connection to the database.
        metadata: The models.
        include_schemas: Look into every schema, not only into the default one.
        include_name: ``(name, type_, parent_names) -> bool``: whether to look at something in the database.
        version_table: The table that keeps the applied heads, which is never a difference.
        version_table_schema: Its schema.
        options: Fields of :class:`async_migrate.diff.options.DiffOptions`.
    """
    database = inspect_database(connection, include_schemas=include_schemas, include_name=include_name)
    models = snapshot_of(metadata, connection.dialect, default_schema=database.default_schema)
    models = canonicalize(connection, database, models)
    if version_table is not None:
        options["version_table"] = (version_table_schema, version_table)
    return diff(database, models, DiffOptions(**options))
