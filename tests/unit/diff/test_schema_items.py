"""Snapshot values made into SQLAlchemy objects, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from async_migrate.diff.excludes import exclude_constraint
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.schema_items import PLACEHOLDER, SchemaItems, table_from
from async_migrate.diff.verbatim import verbatim

if TYPE_CHECKING:
    from async_migrate.diff.snapshot import Snapshot

DIALECT = pg.dialect(paramstyle="named")  # "pyformat", the default, would double every percent sign


@pytest.mark.parametrize(
    "sql",
    ["'a:b'", "':x'", "'12:30:00'::time", "a::text", "'::x' || ':y'", "\\:a", "x[1:2]", "'100 %'", ":a :b"],
)
def test_verbatim_compiles_to_itself(sql: str) -> None:
    assert str(verbatim(sql).compile(dialect=DIALECT)) == sql


def everything() -> Snapshot:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True), Column("x", Integer), schema="other")
    Table(
        "t",
        metadata,
        Column("id", sa.BigInteger, sa.Identity(always=True, start=5), primary_key=True),
        Column("name", String(50, collation="C"), server_default="it's :here", nullable=False, comment="why"),
        Column("low", String, sa.Computed("lower(name)", persisted=True)),
        Column("mood", pg.ENUM("sad", "glad", name="mood")),
        Column("span", pg.INT4RANGE),
        Column("p", Integer),
        sa.UniqueConstraint("name", "p", name="uq", deferrable=True, initially="DEFERRED"),
        sa.ForeignKeyConstraint(["p"], ["other.p.id"], name="fk", ondelete="CASCADE", deferrable=True),
        sa.CheckConstraint("name <> 'x'", name="ck"),
        sa.Index("ix", "name", unique=True, postgresql_where=sa.text("p > 1"), postgresql_include=["p"]),
        sa.Index("ix_low", sa.text("lower(name) text_pattern_ops DESC NULLS LAST"), postgresql_using="btree"),
        sa.Index("ix_ops", "name", postgresql_ops={"name": "varchar_pattern_ops"}),
        comment="a table",
    )
    return snapshot_of(metadata, DIALECT)


def ddl(table: Table) -> list[str]:
    statements: list[Any] = [
        CreateTable(table),
        *[CreateIndex(index) for index in sorted(table.indexes, key=lambda i: str(i.name))],
    ]
    return [" ".join(str(each.compile(dialect=DIALECT)).split()) for each in statements]


def test_a_table_built_from_a_snapshot_is_created_by_the_same_statements() -> None:
    snapshot = everything().tables[None, "t"]
    assert snapshot.source is not None
    built = table_from(snapshot, "postgresql")
    assert ddl(built) == ddl(snapshot.source)
    assert (built.comment, built.c.name.comment) == ("a table", "why")


def test_what_it_refers_to_stands_beside_it() -> None:
    built = table_from(everything().tables[None, "t"], "postgresql")
    target = built.metadata.tables["other.p"]
    assert (target.info, [column.name for column in target.columns]) == ({PLACEHOLDER: True}, ["id"])


def test_foreign_keys_can_be_left_out() -> None:
    snapshot = everything().tables[None, "t"]
    assert not table_from(snapshot, "postgresql", without=snapshot.foreign_keys).foreign_keys


def test_a_key_that_does_not_count_up_stays_one() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
    built = table_from(snapshot_of(metadata, DIALECT).tables[None, "t"], "postgresql")
    assert ddl(built) == ["CREATE TABLE t ( id INTEGER NOT NULL, PRIMARY KEY (id) )"]


def test_no_naming_convention_touches_a_name() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", Integer), sa.CheckConstraint("a > 0", name="ck"))
    built = table_from(snapshot_of(metadata, DIALECT).tables[None, "t"], "postgresql")
    other = built.to_metadata(MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"}))
    assert "CONSTRAINT ck CHECK" in ddl(other)[0]


def test_objects_of_the_models_are_used_as_they_are() -> None:
    table = everything().tables[None, "t"]
    items = SchemaItems("postgresql")
    assert items.table(table) is table.source
    assert items.column(table, table.columns["name"]) is table.columns["name"].source
    assert items.index(table, table.indexes[0]) is table.indexes[0].source


def test_objects_are_found_in_a_table_that_had_to_be_built() -> None:
    table = everything().tables[None, "t"]
    table = replace(
        table,
        source=None,
        indexes=tuple(replace(each, source=None) for each in table.indexes),
        uniques=(replace(table.uniques[0], source=None),),
    )
    items = SchemaItems("postgresql")
    assert items.table(table) is items.table(table)
    assert items.index(table, table.indexes[1]).table is items.table(table)
    constraint = items.constraint(table, table.uniques[0])
    assert (constraint.name, constraint.table) == ("uq", items.table(table))


@pytest.mark.parametrize(
    ("definition", "rendered"),
    [
        ("EXCLUDE USING gist (a WITH &&)", "EXCLUDE USING gist (a WITH &&)"),
        (
            "EXCLUDE USING gist (a gist_int4_ops WITH =, b WITH &&) WHERE (a > 1)",
            "EXCLUDE USING gist (a gist_int4_ops WITH =, b WITH &&) WHERE (a > 1)",
        ),
        ("EXCLUDE USING btree (lower(c) WITH =)", "EXCLUDE USING btree ((lower(c)) WITH =)"),
        (
            "EXCLUDE USING gist (a WITH =) DEFERRABLE INITIALLY DEFERRED",
            "EXCLUDE USING gist (a WITH =) DEFERRABLE INITIALLY DEFERRED",
        ),
    ],
)
def test_an_exclude_constraint_from_its_definition(definition: str, rendered: str) -> None:
    table = Table("t", MetaData(), Column("a", Integer), Column("b", pg.INT4RANGE), Column("c", String))
    constraint = exclude_constraint(definition, table, name="ex")
    table.append_constraint(constraint)
    statement = str(AddConstraint(constraint).compile(dialect=DIALECT))
    assert statement == f"ALTER TABLE t ADD CONSTRAINT ex {rendered}"
