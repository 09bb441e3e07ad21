"""What the models ask for, as the dialect would create it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, String, Table
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.dialects import postgresql as pg

from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.snapshot import IndexTerm, TableSnapshot
from async_migrate.errors import DuplicateTableError

POSTGRESQL, SQLITE, MYSQL = pg.dialect(), sqlite.dialect(), mysql.dialect()


def table(
    *items: Any, dialect: sa.Dialect = POSTGRESQL, metadata: MetaData | None = None, **options: Any
) -> TableSnapshot:
    metadata = metadata or MetaData()
    Table("t", metadata, *items, **options)
    return snapshot_of(metadata, dialect, default_schema="public").tables[None, "t"]


def test_the_default_schema_has_no_name() -> None:
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True), schema="public")
    Table("b", metadata, Column("a", ForeignKey("public.a.id")), schema="other")
    tables = snapshot_of(metadata, POSTGRESQL, default_schema="public").tables
    assert set(tables) == {(None, "a"), ("other", "b")}
    assert tables["other", "b"].foreign_keys[0].referred == (None, "a")


def test_an_unknown_target_is_taken_from_its_text() -> None:
    snapshot = table(Column("a", ForeignKey("far.away.id")), Column("b", ForeignKey("public.near.id")))
    assert [(key.referred, key.referred_columns) for key in snapshot.foreign_keys] == [
        (("far", "away"), ("id",)),
        ((None, "near"), ("id",)),
    ]


def test_keys_of_columns_are_not_names() -> None:
    metadata = MetaData()
    Table("p", metadata, Column("real_id", Integer, key="id", primary_key=True))
    snapshot = table(Column("real", ForeignKey("p.id"), key="k", index=True, unique=False), metadata=metadata)
    assert list(snapshot.columns) == ["real"]
    assert (snapshot.foreign_keys[0].columns, snapshot.foreign_keys[0].referred_columns) == (
        ("real",),
        ("real_id",),
    )
    assert snapshot.indexes[0].column_names == ("real",)


def test_names_by_convention_are_cut_as_the_dialect_cuts_them() -> None:
    metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s"})
    column = "c" * 60
    snapshot = table(Column(column, Integer, unique=True), metadata=metadata)
    name = snapshot.uniques[0].name
    assert name is not None
    assert (len(name), name.startswith("uq_t_ccc"), name[-5]) == (
        60,
        True,
        "_",
    )  # SQLAlchemy keeps 3 in reserve


def test_unnamed_is_none() -> None:
    snapshot = table(
        Column("a", Integer, unique=True),
        Column("b", ForeignKey("p.id")),
        Column("id", Integer, primary_key=True),
    )
    assert (snapshot.uniques[0].name, snapshot.foreign_keys[0].name, snapshot.primary_key.name) == (
        None,
        None,
        None,
    )


def test_a_constraint_on_a_column_is_one_of_the_table() -> None:
    snapshot = table(Column("a", Integer, sa.CheckConstraint("a > 0", name="positive")))
    assert [(check.name, check.sql.text) for check in snapshot.checks] == [("positive", "a > 0")]


@pytest.mark.parametrize(("dialect", "checks"), [(POSTGRESQL, []), (SQLITE, [("is_bool", True)])])
def test_a_check_that_a_native_type_makes_needless_is_not_there(
    dialect: sa.Dialect, checks: list[Any]
) -> None:
    snapshot = table(Column("a", sa.Boolean(create_constraint=True, name="is_bool")), dialect=dialect)
    assert [(check.name, check.type_bound) for check in snapshot.checks] == checks


def test_identity_where_there_is_such_a_thing() -> None:
    item = lambda: Column("a", Integer, sa.Identity(start=3, nomaxvalue=True, maxvalue=9))  # noqa: E731
    options = table(item()).columns["a"].identity
    assert options is not None
    assert (options.start, options.maxvalue, options.always) == (3, None, False)
    assert table(item(), dialect=SQLITE).columns["a"].identity is None


@pytest.mark.parametrize(
    ("column", "counts"),
    [
        (Column("id", Integer, primary_key=True), True),
        (Column("id", Integer, primary_key=True, autoincrement=False), False),
        (Column("id", Integer, sa.Identity(), primary_key=True), False),
        (Column("id", Integer, primary_key=True, server_default="1"), False),
        (Column("id", String, primary_key=True), False),
        (Column("id", Integer), False),
    ],
    ids=["plain", "off", "identity", "default", "string", "no key"],
)
def test_autoincrement(column: Column[Any], counts: bool) -> None:
    assert table(column).columns["id"].autoincrement is counts


@pytest.mark.parametrize(
    ("default", "text"),
    [
        ("it's", "'it''s'"),
        (sa.text("now()"), "now()"),
        (sa.func.coalesce(sa.literal(1), 2), "coalesce(1, 2)"),
        (sa.false(), "false"),
        (sa.text("'100 %'"), "'100 %'"),
    ],
)
def test_default_as_ddl(default: Any, text: str) -> None:
    found = table(Column("a", String, server_default=default)).columns["a"].default
    assert found is not None
    assert found.sql is not None
    assert found.sql.text == text


def test_percent_signs_are_not_doubled_by_drivers_that_double_them() -> None:
    dialect = pg.dialect(paramstyle="pyformat")
    found = table(Column("a", String, server_default="100 %"), dialect=dialect).columns["a"].default
    assert found is not None
    assert found.sql is not None
    assert found.sql.text == "'100 %'"


def test_a_fetched_value_has_no_text() -> None:
    found = table(Column("a", Integer, server_default=sa.FetchedValue())).columns["a"].default
    assert found is not None
    assert found.sql is None


def test_indexes_with_everything() -> None:
    a, b = Column("a", Integer), Column("b", String)
    snapshot = table(
        a,
        b,
        Index(
            "ix",
            a.desc(),
            sa.func.lower(b),
            unique=True,
            postgresql_where=a > 1,
            postgresql_include=[b],
            postgresql_using="gin",
            postgresql_with={"fastupdate": False},
            postgresql_concurrently=True,
        ),
    )
    (index,) = snapshot.indexes
    assert index.terms == (IndexTerm(text="a", column="a", descending=True), IndexTerm(text="lower(b)"))
    assert index.where is not None
    assert index.where.text == "a > 1"
    assert index.options == {"using": "gin", "include": ("b",), "with": {"fastupdate": "false"}}


def test_options_of_other_dialects_do_not_count() -> None:
    snapshot = table(Column("a", Integer), Index("ix", "a", mysql_length=5, sqlite_where=sa.text("a > 1")))
    assert (snapshot.indexes[0].options, snapshot.indexes[0].where) == ({}, None)


def test_types_are_those_of_the_dialect() -> None:
    column = lambda: Column("a", sa.JSON().with_variant(pg.JSONB(), "postgresql"))  # noqa: E731
    assert table(column()).columns["a"].type_text == "jsonb"
    assert table(column(), dialect=SQLITE).columns["a"].type_text == "JSON"
    assert table(Column("a", pg.ARRAY(Integer)), dialect=SQLITE).columns["a"].type_text == ""
    assert table(Column("a", String(5, collation="C"))).columns["a"].collation == "C"


def test_rules_of_foreign_keys_in_one_spelling() -> None:
    snapshot = table(
        Column("a", ForeignKey("p.id", ondelete="cascade", onupdate="no action")),
        Column("x", Integer),
        Column("Y", Integer),
        ForeignKeyConstraint(["x", "Y"], ["q.x", "q.Y"], ondelete="set null (Y)"),
    )
    rules = {(key.on_delete, key.on_update) for key in snapshot.foreign_keys}
    assert rules == {("CASCADE", None), ("SET NULL (Y)", None)}


def test_system_columns_are_the_databases_own() -> None:
    assert list(table(Column("a", Integer), Column("xmin", Integer, system=True)).columns) == ["a"]


def test_empty_comments_are_none() -> None:
    snapshot = table(Column("a", Integer, comment=""), comment="")
    assert (snapshot.comment, snapshot.columns["a"].comment) == (None, None)


def test_several_metadata_are_one_database() -> None:
    one, two = MetaData(), MetaData()
    Table("a", one, Column("id", Integer))
    Table("b", two, Column("id", Integer))
    assert set(snapshot_of([one, two], MYSQL).tables) == {(None, "a"), (None, "b")}


def test_a_table_in_two_metadata_is_refused() -> None:
    one, two = MetaData(), MetaData()
    Table("a", one, Column("id", Integer), schema="s")
    Table("a", two, Column("id", Integer), schema="s")
    with pytest.raises(DuplicateTableError) as caught:
        snapshot_of([one, two], POSTGRESQL)
    assert str(caught.value) == (
        "The table 's.a' is defined by more than one of the MetaData objects that were given together. Define it "
        "once, or compare the MetaData objects one by one."
    )
