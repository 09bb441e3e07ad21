"""A directory of revisions that a test writes line by line."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from other_pytest import OtherPytest
from sqlalchemy import inspect, text

from async_migrate import Migrator

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass
class History:
    """Revision files in a folder; each follows the one before it unless ``down`` says otherwise."""

    location: Path
    last: str | None = None
    paths: dict[str, Path] = field(default_factory=dict)

    def add(
        self,
        revision: str,
        upgrade: str = "pass",
        downgrade: str = "pass",
        *,
        down: Any = ...,
        **header: Any,
    ) -> Path:
        """Write one file; a first line ``async``, ``(op)`` or both in a body says what kind of function it is."""
        parent = self.last if down is ... else down
        lines = [f'"""{header.pop("message", f"about {revision}")}"""', ""]
        lines += ["import asyncio", "import sqlalchemy as sa", "from async_migrate import op", ""]
        lines += [f"revision = {revision!r}", f"down_revision = {parent!r}"]
        lines += [f"{name} = {value!r}" for name, value in header.items()]
        lines += ["", "", _function("upgrade", upgrade), "", "", _function("downgrade", downgrade), ""]
        path = self.location / "versions" / f"{revision}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines))
        self.last = revision
        self.paths[revision] = path
        return path

    def table(self, revision: str, name: str, **more: Any) -> Path:
        """Write a revision that creates a table and takes it back."""
        return self.add(
            revision,
            f'op.create_table("{name}", sa.Column("id", sa.Integer, primary_key=True))',
            f'op.drop_table("{name}")',
            **more,
        )

    def migrator(self, target: Any = None, **settings: Any) -> Migrator:
        return Migrator(target, location=self.location, **settings)


def _function(name: str, body: str) -> str:
    first, _, rest = body.partition("\n")
    prefix = "async " if "async" in first.split() else ""
    parameters = "op" if "(op)" in first.split() else ""
    if prefix or parameters or not first.strip():
        body = rest
    return f"{prefix}def {name}({parameters}):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "migrations")


@dataclass
class Look:
    """What is in a database, asked on a connection of its own."""

    engine: AsyncEngine

    async def tables(self) -> set[str]:
        async with self.engine.connect() as connection:
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    async def columns(self, table: str) -> dict[str, Any]:
        async with self.engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).get_columns(table))
        return {column["name"]: column for column in found}

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]

    async def version(self, table: str = "async_migrate_version") -> set[str]:
        return {row[0] for row in await self.rows(f"SELECT version_num FROM {table}")}


@pytest.fixture
def look(engine: AsyncEngine) -> Look:
    return Look(engine)


@pytest.fixture
def other_pytest(tmp_path: Path) -> OtherPytest:
    return OtherPytest(tmp_path)
