"""The same two schemas to Alembic's ``compare_metadata`` and to ours: the same diff tuples, or a reason.

Alembic runs on the same connection, inside ``run_sync``, so that both look at the very same database.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext as AlembicContext
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from async_migrate.autogenerate import compare_sync
from async_migrate.database.live import LiveExecutor
from async_migrate.diff.naming import name_constraints
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations
from async_migrate.render import render

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

    from async_migrate.operations.containers import DowngradeOps, UpgradeOps

    Build = Callable[[MetaData], object]

BOTH = ("postgresql", "sqlite")
POSTGRESQL = ("postgresql",)
SQLITE = ("sqlite",)


@dataclass(frozen=True)
class Case:
    """Two schemas.

    Attributes:
        before: What is created.
        after: What the models then ask for.
        kinds: The databases it makes sense on.
        reason: Why ours may differ from Alembic's; without one it may not.
        ours: What ours says instead, as the sorted names of its tuples.
    """

    before: Build
    after: Build
    kinds: tuple[str, ...] = BOTH
    reason: str | None = None
    ours: tuple[str, ...] = ()


def t(*items: Any, name: str = "t", **options: Any) -> Build:
    """Build one table with an ``id``; items are made by functions, because each MetaData needs its own."""

    def build(metadata: MetaData) -> None:
        made = [item() if callable(item) else item for item in items]
        Table(name, metadata, Column("id", Integer, primary_key=True), *made, **options)

    return build


def both(*builds: Build) -> Build:
    def build(metadata: MetaData) -> None:
        for each in builds:
            each(metadata)

    return build


def nothing(_: MetaData) -> None:
    pass


def c(name: str, *args: Any, **options: Any) -> Callable[[], Column[Any]]:
    return lambda: Column(name, *[each.copy() if isinstance(each, Ref) else each for each in args], **options)


@dataclass(frozen=True)
class Ref:
    """A foreign key of one column; a ``ForeignKey`` itself belongs to one column for good."""

    target: str

    def copy(self) -> ForeignKey:
        return ForeignKey(self.target)


def k(make: Callable[..., Any], *args: Any, **options: Any) -> Callable[[], Any]:
    return lambda: make(*args, **options)


A, B = c("a", Integer), c("b", String(20))
parent = t(c("x", Integer, unique=True), name="parent")


CASES: dict[str, Case] = {
    "nothing": Case(t(A), t(A)),
    "table added": Case(nothing, t(A)),
    "table removed": Case(t(A), nothing),
    "table added with index": Case(nothing, t(c("a", Integer, index=True))),
    "table removed with indexes": Case(t(c("a", Integer, index=True), c("b", Integer, unique=True)), nothing),
    "several tables in dependency order": Case(
        nothing,
        both(t(c("p", Ref("parent.id"))), parent, t(c("t", Ref("t.id")), name="grandchild")),
    ),
    "column added": Case(t(A), t(A, B)),
    "column added with foreign key": Case(both(parent, t(A)), both(parent, t(A, c("p", Ref("parent.id"))))),
    "column added with unique and index": Case(
        t(A), t(A, c("u", Integer, unique=True), c("i", Integer, index=True))
    ),
    "column removed": Case(t(A, B), t(A)),
    "columns of several tables": Case(both(t(A), t(A, name="u")), both(t(B), t(A, B, name="u"))),
    "type changed": Case(t(A), t(c("a", String(10)))),
    "length changed": Case(t(B), t(c("b", String(30)))),
    "length dropped": Case(
        t(B),
        t(c("b", String)),
        reason="varchar(20) to varchar is a change; Alembic compares lengths only if both sides have one",
        ours=("modify_type",),
    ),
    "precision changed": Case(t(c("n", Numeric(10, 2))), t(c("n", Numeric(12, 4)))),
    "precision dropped": Case(
        t(c("n", Numeric(10, 2))),
        t(c("n", Numeric)),
        reason="numeric(10, 2) to numeric is a change; Alembic compares arguments only if both sides have them",
        ours=("modify_type",),
    ),
    "zone of a timestamp": Case(t(c("w", sa.DateTime)), t(c("w", sa.DateTime(timezone=True))), POSTGRESQL),
    "integer to bigint": Case(t(A), t(c("a", sa.BigInteger))),
    "json to jsonb": Case(t(c("j", sa.JSON)), t(c("j", pg.JSONB)), POSTGRESQL),
    "array of something else": Case(t(c("r", pg.ARRAY(Integer))), t(c("r", pg.ARRAY(Text))), POSTGRESQL),
    "float is double precision": Case(t(c("f", sa.Float)), t(c("f", sa.Double)), POSTGRESQL),
    "numeric is decimal": Case(t(c("n", sa.NUMERIC(5, 1))), t(c("n", sa.DECIMAL(5, 1)))),
    "collation changed": Case(
        t(c("b", String(5, collation="C"))), t(c("b", String(5, collation="POSIX"))), POSTGRESQL
    ),
    "collation on one side": Case(t(c("b", String(5, collation="C"))), t(c("b", String(5))), POSTGRESQL),
    "enum name": Case(t(c("e", sa.Enum("x", name="one"))), t(c("e", sa.Enum("x", name="two"))), POSTGRESQL),
    "made not null": Case(t(A), t(c("a", Integer, nullable=False))),
    "made nullable": Case(t(c("a", Integer, nullable=False)), t(A)),
    "type and nullability": Case(t(A), t(c("a", Text, nullable=False))),
    "default added": Case(t(A), t(c("a", Integer, server_default="5"))),
    "default removed": Case(t(c("a", Integer, server_default="5")), t(A)),
    "default changed": Case(t(c("b", Text, server_default="x")), t(c("b", Text, server_default="y"))),
    "default to function": Case(
        t(c("d", sa.DateTime, server_default=text("'2020-01-01 00:00:00'"))),
        t(c("d", sa.DateTime, server_default=func.now())),
    ),
    "default of a number": Case(
        t(c("a", Integer, server_default=text("5"))), t(c("a", Integer, server_default="5"))
    ),
    "boolean default in other words": Case(
        t(c("a", sa.Boolean, server_default=sa.false())),
        t(c("a", sa.Boolean, server_default=text("'false'"))),
        POSTGRESQL,
    ),
    "column comment added": Case(t(A), t(c("a", Integer, comment="new")), POSTGRESQL),
    "column comment removed": Case(t(c("a", Integer, comment="old")), t(A), POSTGRESQL),
    "column comment changed": Case(
        t(c("a", Integer, comment="old")), t(c("a", Integer, comment="new")), POSTGRESQL
    ),
    "comments where there are none": Case(t(A), t(c("a", Integer, comment="new"), comment="t"), SQLITE),
    "table comment added": Case(t(A), t(A, comment="new"), POSTGRESQL),
    "table comment changed": Case(t(A, comment="old"), t(A, comment="new"), POSTGRESQL),
    "table comment removed": Case(t(A, comment="old"), t(A), POSTGRESQL),
    "index added": Case(t(A, B), t(A, B, k(Index, "ix", "a"))),
    "index removed": Case(t(A, B, k(Index, "ix", "a")), t(A, B)),
    "index columns": Case(t(A, B, k(Index, "ix", "a")), t(A, B, k(Index, "ix", "a", "b"))),
    "index column order": Case(t(A, B, k(Index, "ix", "b", "a")), t(A, B, k(Index, "ix", "a", "b"))),
    "index made unique": Case(t(A, k(Index, "ix", "a")), t(A, k(Index, "ix", "a", unique=True))),
    "index renamed": Case(t(A, k(Index, "ix", "a")), t(A, k(Index, "xi", "a"))),
    "index expression changed": Case(
        t(A, B, k(Index, "ix", text("lower(b)"))), t(A, B, k(Index, "ix", text("upper(b)"))), POSTGRESQL
    ),
    "index expression changed on sqlite": Case(
        t(A, B, k(Index, "ix", text("lower(b)"))),
        t(A, B, k(Index, "ix", text("upper(b)"))),
        SQLITE,
        reason="Alembic cannot read expression indexes of SQLite and skips them",
        ours=("add_index", "remove_index"),
    ),
    "index direction": Case(t(A, k(Index, "ix", text("a DESC"))), t(A, k(Index, "ix", "a")), POSTGRESQL),
    "index predicate": Case(
        t(A, k(Index, "ix", "a", postgresql_where=text("a > 1"), sqlite_where=text("a > 1"))),
        t(A, k(Index, "ix", "a", postgresql_where=text("a > 2"), sqlite_where=text("a > 2"))),
        reason="Alembic never compares the predicate of a partial index",
        ours=("add_index", "remove_index"),
    ),
    "index method": Case(
        t(A, k(Index, "ix", "a")),
        t(A, k(Index, "ix", "a", postgresql_using="hash")),
        POSTGRESQL,
        reason="Alembic never compares the method of an index",
        ours=("add_index", "remove_index"),
    ),
    "index include": Case(
        t(A, B, k(Index, "ix", "a")),
        t(A, B, k(Index, "ix", "a", postgresql_include=["b"])),
        POSTGRESQL,
        reason="Alembic never compares the included columns of an index",
        ours=("add_index", "remove_index"),
    ),
    "index operator class": Case(
        t(B, k(Index, "ix", "b")),
        t(B, k(Index, "ix", "b", postgresql_ops={"b": "varchar_pattern_ops"})),
        POSTGRESQL,
        reason="Alembic never compares the operator classes of an index",
        ours=("add_index", "remove_index"),
    ),
    "nulls not distinct": Case(
        t(A, k(Index, "ix", "a", unique=True)),
        t(A, k(Index, "ix", "a", unique=True, postgresql_nulls_not_distinct=True)),
        POSTGRESQL,
    ),
    "unique added": Case(t(A, B), t(A, B, k(UniqueConstraint, "a", "b", name="uq"))),
    "unique removed": Case(t(A, B, k(UniqueConstraint, "a", "b", name="uq")), t(A, B)),
    "unique columns": Case(
        t(A, B, k(UniqueConstraint, "a", name="uq")), t(A, B, k(UniqueConstraint, "a", "b", name="uq"))
    ),
    "unique column order": Case(
        t(A, B, k(UniqueConstraint, "b", "a", name="uq")), t(A, B, k(UniqueConstraint, "a", "b", name="uq"))
    ),
    "unnamed unique added": Case(t(A), t(c("a", Integer, unique=True))),
    "unnamed unique removed": Case(t(c("a", Integer, unique=True)), t(A), POSTGRESQL),
    "unnamed unique removed on sqlite": Case(
        t(c("a", Integer, unique=True)),
        t(A),
        SQLITE,
        reason="Alembic does not see an unnamed unique constraint of SQLite go",
        ours=("remove_constraint",),
    ),
    "unnamed unique gets a name": Case(
        t(A, k(UniqueConstraint, "a")),
        t(A, k(UniqueConstraint, "a", name="uq")),
        SQLITE,
        reason="the constraint is there, SQLite has only no name for it; Alembic would add it once more",
    ),
    "unique to unique index": Case(
        t(A, k(UniqueConstraint, "a", name="uq")), t(A, k(Index, "uq", "a", unique=True))
    ),
    "deferrable unique": Case(
        t(A, k(UniqueConstraint, "a", name="uq")),
        t(A, k(UniqueConstraint, "a", name="uq", deferrable=True)),
        POSTGRESQL,
        reason="Alembic never compares DEFERRABLE of a unique constraint",
        ours=("add_constraint", "remove_constraint"),
    ),
    "foreign key added": Case(
        both(parent, t(A)), both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk")))
    ),
    "foreign key removed": Case(
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk"))), both(parent, t(A))
    ),
    "foreign key renamed": Case(
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk"))),
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="kf"))),
    ),
    "foreign key target": Case(
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk"))),
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.x"], name="fk"))),
    ),
    "on delete added": Case(
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk"))),
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk", ondelete="CASCADE"))),
    ),
    "on update changed": Case(
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk", onupdate="SET NULL"))),
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk", onupdate="CASCADE"))),
    ),
    "deferrable foreign key": Case(
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk"))),
        both(
            parent,
            t(
                A,
                k(
                    ForeignKeyConstraint,
                    ["a"],
                    ["parent.id"],
                    name="fk",
                    deferrable=True,
                    initially="DEFERRED",
                ),
            ),
        ),
    ),
    "unnamed foreign key removed": Case(both(parent, t(c("a", Ref("parent.id")))), both(parent, t(A))),
    "foreign key with its column": Case(both(parent, t(A, c("p", Ref("parent.id")))), both(parent, t(A))),
    "match": Case(
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk"))),
        both(parent, t(A, k(ForeignKeyConstraint, ["a"], ["parent.id"], name="fk", match="FULL"))),
        reason="Alembic never compares MATCH",
        ours=("add_fk", "remove_fk"),
    ),
    "check added": Case(
        t(A),
        t(A, k(CheckConstraint, "a > 0", name="ck")),
        reason="Alembic leaves CHECKs to a plugin that is off by default",
        ours=("add_constraint",),
    ),
    "check changed": Case(
        t(A, k(CheckConstraint, "a > 0", name="ck")),
        t(A, k(CheckConstraint, "a > 1", name="ck")),
        reason="Alembic never compares what a CHECK says",
        ours=("add_constraint", "remove_constraint"),
    ),
    "exclude added": Case(
        t(c("r", pg.INT4RANGE)),
        t(c("r", pg.INT4RANGE), k(pg.ExcludeConstraint, ("r", "&&"), name="ex")),
        POSTGRESQL,
        reason="Alembic never compares EXCLUDE constraints",
        ours=("add_constraint",),
    ),
    "primary key changed": Case(
        lambda m: Table(
            "k", m, Column("a", Integer), Column("b", Integer), PrimaryKeyConstraint("a", name="pk")
        ),
        lambda m: Table(
            "k", m, Column("a", Integer), Column("b", Integer), PrimaryKeyConstraint("a", "b", name="pk")
        ),
        reason="Alembic never compares primary keys; it only sees that b is NOT NULL now",
        ours=("add_constraint", "modify_nullable", "remove_constraint"),
    ),
    "identity added": Case(t(c("a", Integer, nullable=False)), t(c("a", Integer, Identity())), POSTGRESQL),
    "identity removed": Case(t(c("a", Integer, Identity())), t(c("a", Integer, nullable=False)), POSTGRESQL),
    "identity always": Case(
        t(c("a", Integer, Identity())), t(c("a", Integer, Identity(always=True))), POSTGRESQL
    ),
    "identity options": Case(
        t(c("a", Integer, Identity(start=1, increment=2))),
        t(c("a", Integer, Identity(start=5, increment=3, cache=9))),
        POSTGRESQL,
    ),
    "identity option no longer said": Case(
        t(c("a", Integer, Identity(start=7))), t(c("a", Integer, Identity())), POSTGRESQL
    ),
    "serial to plain key": Case(
        t(A),
        lambda m: Table("t", m, Column("id", Integer, primary_key=True, autoincrement=False), A()),
        POSTGRESQL,
    ),
    "everything at once": Case(
        both(
            parent, t(A, B, k(Index, "ix_a", "a"), k(UniqueConstraint, "b", name="uq_b")), t(A, name="gone")
        ),
        both(
            parent,
            t(c("a", sa.BigInteger, nullable=False), c("p", Ref("parent.id")), k(Index, "ix_p", "p")),
            t(A, name="came"),
        ),
    ),
}


def parameters() -> list[Any]:
    return [
        pytest.param(
            kind,
            case,
            id=f"{kind}-{name}",
            marks=[pytest.mark.postgresql] if kind == "postgresql" else [],
        )
        for name, case in CASES.items()
        for kind in case.kinds
    ]


@pytest.fixture
def kind_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def kind_engine(kind_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(kind_url, poolclass=NullPool)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize(("kind_url", "case"), parameters(), indirect=["kind_url"])
async def test_the_same_differences(kind_engine: AsyncEngine, case: Case) -> None:
    before, after = MetaData(), MetaData()
    case.before(before)
    case.after(after)
    async with kind_engine.connect() as connection:
        await connection.run_sync(before.create_all)
        theirs = await connection.run_sync(alembic, after)
        ours = await connection.run_sync(async_migrate, after)
    if case.reason is None:
        assert ours == theirs
    else:
        assert ours != theirs, "no longer different: remove the reason"
        assert tuple(each[0] for each in ours) == case.ours


def alembic(connection: Connection, metadata: MetaData) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    logging.getLogger("alembic").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plain(compare_metadata(AlembicContext.configure(connection, opts=options), metadata))


def async_migrate(connection: Connection, metadata: MetaData) -> list[Any]:
    return plain(compare_sync(connection, metadata).as_diffs())


# --- diff tuples as values that compare ---------------------------------------------------------------------


def plain(diffs: list[Any]) -> list[Any]:
    """Return diff tuples sorted, with the SQLAlchemy objects in them as what they say."""
    flat = [each for entry in diffs for each in (entry if isinstance(entry, list) else [entry])]
    return sorted((tuple(shown(part) for part in each) for each in flat), key=repr)


def shown(value: Any) -> Any:
    match value:
        case dict():
            return {key: shown(part) for key, part in sorted(value.items())}
        case Table():
            return (value.schema, value.name, value.comment)
        case Column():
            return (value.name, str(value.type), value.nullable, shown(value.server_default))
        case Index():
            return (
                value.name,
                value.table.name,
                bool(value.unique),
                [shown(each) for each in value.expressions],
            )
        case ForeignKeyConstraint():
            targets = [element.target_fullname for element in value.elements]
            rules = (value.onupdate, value.ondelete, value.deferrable, value.initially)
            return (value.name, value.table.name, [*value.column_keys], targets, rules)
        case sa.Constraint():
            columns = [column.name for column in getattr(value, "columns", ())]
            return (type(value).__name__, value.name, value.table.name, columns)
        case sa.DefaultClause():
            return f"default {getattr(value.arg, 'text', value.arg)}"
        case Identity():
            return (value.always, value.start, value.increment, value.cache)
        case sa.types.TypeEngine():
            return repr(value)
        case sa.sql.ColumnElement() | sa.TextClause():
            return str(value)
    return value


# --- there and back -------------------------------------------------------------------------------------------

NEEDS_USING = frozenset({"type changed", "type and nullability", "array of something else", "enum name"})
"""Type changes that PostgreSQL makes only with a USING that somebody thought about."""


def round_trips() -> list[Any]:
    return [each for each in parameters() if str(each.id).removeprefix("postgresql-") not in NEEDS_USING]


@pytest.mark.parametrize(("kind_url", "case"), round_trips(), indirect=["kind_url"])
async def test_what_differs_can_be_written_run_and_undone(kind_engine: AsyncEngine, case: Case) -> None:
    before, after = MetaData(), MetaData()
    case.before(before)
    case.after(after)
    async with kind_engine.connect() as connection:
        await connection.run_sync(before.create_all)
        found = await connection.run_sync(compare_sync, after)
        name_constraints(found, kind_engine.dialect)
        back = found.reverse()
        await connection.run_sync(run, found)
        assert (await connection.run_sync(compare_sync, after)).as_diffs() == []
        await connection.run_sync(run, back)
        assert (await connection.run_sync(compare_sync, before)).as_diffs() == []


def run(connection: Connection, operations: UpgradeOps | DowngradeOps) -> None:
    """Write operations as a migration's body, and run that."""
    imports: set[str] = set()
    batch = connection.dialect.name == "sqlite"
    body = render(operations, dialect=connection.dialect, render_as_batch=batch, imports=imports)
    namespace: dict[str, Any] = {"op": Operations(MigrationContext(LiveExecutor(connection)))}
    exec("\n".join([*sorted(imports), body]), namespace)
