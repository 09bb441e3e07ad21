"""The comparison itself: what it finds, in which order, and who may object. No database anywhere."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.dialects import postgresql as pg

from async_migrate.diff.compare import diff
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.options import DiffOptions
from async_migrate.diff.snapshot import Index as IndexValue
from async_migrate.diff.snapshot import IndexTerm, Unique
from async_migrate.operations.columns import AlterColumnOp
from async_migrate.operations.containers import ModifyTableOps, UpgradeOps
from async_migrate.operations.tables import CreateTableOp, DropTableOp

if TYPE_CHECKING:
    from collections.abc import Callable

    from async_migrate.diff.snapshot import ColumnSnapshot, Snapshot

POSTGRESQL, SQLITE, MYSQL = pg.dialect(), sqlite.dialect(), mysql.dialect()


def schema(*tables: tuple[Any, ...], dialect: sa.Dialect = POSTGRESQL) -> Snapshot:
    """Return a snapshot of tables, each given as its name and its items."""
    metadata = MetaData()
    for name, *items in tables:
        Table(name, metadata, Column("id", Integer, primary_key=True), *items)
    return snapshot_of(metadata, dialect)


def database(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot as one would read it from a database: without the models' objects."""
    tables = {}
    for key, table in snapshot.tables.items():
        tables[key] = replace(
            table,
            source=None,
            columns={name: without_source(column) for name, column in table.columns.items()},
            primary_key=replace(table.primary_key, source=None) if table.primary_key else None,
            uniques=tuple(replace(each, source=None) for each in table.uniques),
            foreign_keys=tuple(replace(each, source=None) for each in table.foreign_keys),
            checks=tuple(replace(each, source=None) for each in table.checks),
            indexes=tuple(replace(each, source=None) for each in table.indexes),
        )
    return replace(snapshot, tables=tables, origin="database")


def without_source(column: ColumnSnapshot) -> ColumnSnapshot:
    default = replace(column.default, source=None) if column.default else None
    return replace(column, source=None, default=default)


def kinds(operations: UpgradeOps) -> list[str]:
    """Return the operations in order, as ``kind table``."""
    result = []
    for each in operations.ops:
        inner = each.ops if isinstance(each, ModifyTableOps) else [each]
        for operation in inner:
            name = getattr(operation, "table_name", None) or getattr(operation, "source_table", None)
            result.append(f"{operation.visit_name} {name}")
    return result


# --- order ----------------------------------------------------------------------------------------------------


def test_tables_are_created_after_those_they_refer_to_and_dropped_before() -> None:
    tables = schema(("a", Column("b", ForeignKey("b.id"))), ("b", Column("c", ForeignKey("c.id"))), ("c",))
    assert kinds(diff(schema(), tables)) == ["create_table c", "create_table b", "create_table a"]
    assert kinds(diff(tables, schema())) == ["drop_table a", "drop_table b", "drop_table c"]


def circle() -> Snapshot:
    return schema(
        ("a", Column("b", ForeignKey("b.id", name="a_to_b"))),
        ("b", Column("a", ForeignKey("a.id", name="b_to_a"))),
    )


def test_a_circle_of_tables_is_closed_at_the_end() -> None:
    operations = diff(schema(), circle())
    assert kinds(operations) == ["create_table a", "create_table b", "create_foreign_key a"]
    create = operations.ops[0]
    assert isinstance(create, CreateTableOp)
    assert not [item for item in create.columns if isinstance(item, sa.ForeignKeyConstraint)]
    assert kinds_of_downgrade(operations) == ["drop_constraint a", "drop_table b", "drop_table a"]


def kinds_of_downgrade(operations: UpgradeOps) -> list[str]:
    return kinds(UpgradeOps(operations.reverse().ops))


@pytest.mark.parametrize("there", [circle, lambda: database(circle())], ids=["models", "database"])
def test_a_circle_of_tables_is_opened_first(there: Callable[[], Snapshot]) -> None:
    operations = diff(there(), schema())
    assert kinds(operations) == ["drop_constraint a", "drop_table b", "drop_table a"]
    drop = operations.ops[-1]
    assert isinstance(drop, DropTableOp)
    assert not drop.to_table().foreign_keys, "the downgrade would create it before b is there"
    assert kinds_of_downgrade(operations) == ["create_table a", "create_table b", "create_foreign_key a"]


def test_sqlite_lets_a_table_refer_to_one_that_is_not_there() -> None:
    def tables() -> Snapshot:
        return schema(
            ("a", Column("b", ForeignKey("b.id"))), ("b", Column("a", ForeignKey("a.id"))), dialect=SQLITE
        )

    operations = diff(schema(dialect=SQLITE), tables())
    assert sorted(kinds(operations)) == ["create_table a", "create_table b"]
    assert all(isinstance(each, CreateTableOp) and each.to_table().foreign_keys for each in operations.ops)


def test_use_alter_is_honoured() -> None:
    tables = schema(("a", Column("b", ForeignKey("b.id", name="fk", use_alter=True))), ("b",))
    assert kinds(diff(schema(), tables)) == ["create_table a", "create_table b", "create_foreign_key a"]


def test_a_foreign_key_goes_before_the_table_it_refers_to() -> None:
    before = schema(("p",), ("t", Column("a", ForeignKey("p.id", name="fk"))))
    after = schema(("t", Column("a", Integer)))
    assert kinds(diff(before, after)) == ["drop_constraint t", "drop_table p"]
    assert kinds(diff(after, before)) == ["create_table p", "create_foreign_key t"]


def test_a_foreign_key_goes_before_the_unique_constraint_it_needs() -> None:
    def tables(*, linked: bool) -> Snapshot:
        link = [ForeignKey("a.x", name="fk")] if linked else []
        return schema(("a", Column("x", Integer, unique=linked)), ("b", Column("x", Integer, *link)))

    assert kinds(diff(tables(linked=True), tables(linked=False))) == [
        "drop_constraint b",
        "drop_constraint a",
    ]
    assert kinds(diff(tables(linked=False), tables(linked=True))) == [
        "create_unique_constraint a",
        "create_foreign_key b",
    ]


def test_a_new_table_may_refer_to_a_column_that_is_new_too() -> None:
    before = schema(("z",))
    after = schema(
        ("z", Column("x", Integer, unique=True)), ("new", Column("x", ForeignKey("z.x", name="fk")))
    )
    assert kinds(diff(before, after)) == [
        "create_table new",
        "add_column z",
        "create_unique_constraint z",
        "create_foreign_key new",
    ]


def test_inside_a_table_columns_come_first_and_go_last() -> None:
    before = schema(
        ("t", Column("old", Integer, index=True), Column("a", Integer), UniqueConstraint("a", name="uq"))
    )
    after = schema(("t", Column("new", Integer, index=True), Column("a", Text)))
    assert kinds(diff(before, after)) == [
        "add_column t",
        "alter_column t",
        "drop_index t",
        "drop_constraint t",
        "create_index t",
        "drop_column t",
    ]


def test_indexes_of_a_table_come_after_it_and_go_before_it() -> None:
    tables = schema(("t", Column("a", Integer, index=True)))
    assert kinds(diff(schema(), tables)) == ["create_table t", "create_index t"]
    assert kinds(diff(tables, schema())) == ["drop_index t", "drop_table t"]


# --- symmetry ---------------------------------------------------------------------------------------------------


def test_the_way_back_undoes_the_way_there() -> None:
    one = schema(
        ("p",),
        ("t", Column("a", Integer, server_default="1"), Column("b", String(5), unique=True, comment="old")),
    )
    other = schema(
        ("q",),
        ("t", Column("a", Text, nullable=False), Column("c", ForeignKey("q.id")), Index("ix", "a")),
    )
    there, back = diff(database(one), other), diff(other, database(one))
    assert sorted(kinds(back)) == sorted(kinds_of_downgrade(there))


def test_one_difference_is_one_operation() -> None:
    after = schema(("p",), ("t", Column("a", ForeignKey("p.id"), index=True, unique=True)))
    operations = diff(schema(("p",), ("t",)), after)
    assert kinds(operations) == ["add_column t", "create_index t", "create_foreign_key t"]
    column = operations.ops[0].ops[0].column  # type: ignore[attr-defined]
    assert (column.table.name, column.foreign_keys, column.index, column.unique) == ("t", set(), False, False)


# --- columns ----------------------------------------------------------------------------------------------------


def alteration(before: Column[Any], after: Column[Any], **options: Any) -> AlterColumnOp:
    there, wanted = schema(("t", before)), schema(("t", after))
    ((operation,),) = [each.ops for each in diff(database(there), wanted, DiffOptions(**options)).ops]
    assert isinstance(operation, AlterColumnOp)
    return operation


def test_an_alteration_says_what_changes_and_what_there_is() -> None:
    operation = alteration(
        Column("a", Integer, server_default="1", comment="old"),
        Column("a", Text, nullable=False, comment="new"),
    )
    assert isinstance(operation.modify_type, Text)
    assert isinstance(operation.existing_type, Integer)
    assert (operation.existing_nullable, operation.modify_nullable) == (True, False)
    assert (operation.existing_comment, operation.modify_comment) == ("old", "new")
    assert str(operation.existing_server_default.arg) == "'1'"  # type: ignore[union-attr]
    assert operation.modify_server_default is None


def test_what_does_not_change_is_not_mentioned_as_a_change() -> None:
    operation = alteration(Column("a", Integer), Column("a", Integer, nullable=False))
    assert (operation.modify_type, operation.modify_server_default, operation.modify_comment) == (
        None,
        False,
        False,
    )
    assert operation.existing_server_default is False


def test_autoincrement_is_passed_on_for_mysql() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("id", sa.BigInteger, primary_key=True))
    before = schema(("t",), dialect=MYSQL)
    ((operation,),) = [each.ops for each in diff(database(before), snapshot_of(metadata, MYSQL)).ops]
    assert operation.kw == {"autoincrement": True}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (sa.Computed("id * 2", persisted=True), sa.Computed("id * 3", persisted=True)),
        (sa.Computed("id * 2", persisted=True), None),
        (None, sa.Computed("id * 2", persisted=True)),
    ],
)
def test_a_generated_column_is_only_spoken_of(
    before: sa.Computed | None, after: sa.Computed | None, caplog: pytest.LogCaptureFixture
) -> None:
    there = schema(("t", Column("a", Integer, *([before] if before else []))))
    wanted = schema(("t", Column("a", Integer, *([after] if after else []))))
    with caplog.at_level(logging.WARNING, "async_migrate"):
        assert diff(there, wanted).is_empty()
    (message,) = caplog.messages
    assert message == (
        "The generated column t.a differs from the models. No database can alter its expression in place; drop the "
        "column and add it again."
    )


def test_an_identity_option_that_the_models_leave_open_is_no_difference() -> None:
    one = schema(("t", Column("a", Integer, sa.Identity(start=5, increment=2, cache=3))))
    other = schema(("t", Column("a", Integer, sa.Identity())))
    assert diff(one, other).is_empty()
    assert diff(other, one).is_empty()


def test_a_type_that_cannot_be_compared_is_left_alone() -> None:
    one = schema(("t", Column("a", sa.types.NullType)))
    assert diff(one, schema(("t", Column("a", Integer)))).is_empty()


# --- options and hooks ------------------------------------------------------------------------------------------


def test_types_and_defaults_can_be_left_out() -> None:
    one, other = schema(("t", Column("a", Integer))), schema(("t", Column("a", Text, server_default="x")))
    off = DiffOptions(compare_type=False, compare_server_default=False)
    assert diff(one, other, off).is_empty()


def test_a_function_may_decide_about_types() -> None:
    asked: dict[str, tuple[Any, ...]] = {}

    def decide(*arguments: Any) -> bool | None:
        name = arguments[1].name
        asked[name] = arguments
        return {"id": None, "a": False, "b": None, "c": True}[name]

    one = schema(("t", Column("a", Integer), Column("b", Integer), Column("c", Integer)))
    other = schema(("t", Column("a", Text), Column("b", Text), Column("c", Integer)))
    operations = diff(database(one), other, DiffOptions(compare_type=decide, context="the context"))
    assert [each.column_name for each in operations.ops[0].ops] == ["b", "c"]  # type: ignore[attr-defined]
    context, database_column, model_column, database_type, model_type = asked["a"]
    assert context == "the context"
    assert (database_column.table.name, model_column.table.name) == ("t", "t")
    assert (type(database_type), type(model_type)) == (Integer, Text)


def test_a_function_may_decide_about_defaults() -> None:
    asked = []

    def decide(*arguments: Any) -> bool | None:
        asked.append(arguments)
        return {"a": False, "b": None}[arguments[1].name]

    one = schema(("t", Column("a", Text, server_default="x"), Column("b", Text), Column("c", Text)))
    other = schema(
        ("t", Column("a", Text, server_default="y"), Column("b", Text, server_default="z"), Column("c", Text))
    )
    operations = diff(database(one), other, DiffOptions(compare_server_default=decide))
    assert [each.column_name for each in operations.ops[0].ops] == ["b"]  # type: ignore[attr-defined]
    (_, _, model_column, database_sql, model_default, model_sql), _ = asked
    assert (model_column.name, database_sql, model_sql) == ("a", "'x'", "'y'")
    assert model_default is model_column.server_default


def test_the_version_table_is_nobodys_business() -> None:
    options = DiffOptions(version_table=(None, "versions"))
    assert diff(schema(("versions",)), schema(), options).is_empty()
    assert diff(schema(), schema(("versions",)), options).is_empty()


def test_include_object_is_asked_about_everything_that_differs() -> None:
    asked: list[tuple[str, str | None, bool, str | None]] = []

    def include(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
        asked.append((kind, name, reflected, getattr(compare_to, "name", None)))
        return kind == "table"

    before = schema(
        ("gone",),
        (
            "t",
            Column("old", Integer),
            Column("a", Integer, ForeignKey("t.id", name="fk")),
            UniqueConstraint("a", name="uq"),
            sa.CheckConstraint("a > 0", name="ck"),
        ),
    )
    after = schema(
        ("came",),
        (
            "t",
            Column("new", Integer),
            Column("a", Text, ForeignKey("t.id", name="fk", ondelete="CASCADE")),
            Index("ix", "a"),
            UniqueConstraint("a", "new", name="uq"),
        ),
    )
    operations = diff(database(before), after, DiffOptions(include_object=include))
    assert kinds(operations) == ["create_table came", "drop_table gone"]
    assert set(asked) == {
        ("table", "t", False, "t"),
        ("table", "came", False, None),
        ("table", "gone", True, None),
        ("column", "new", False, None),
        ("column", "old", True, None),
        ("column", "a", False, "a"),
        ("column", "id", False, "id"),
        ("index", "ix", False, None),
        ("unique_constraint", "uq", False, "uq"),
        ("foreign_key_constraint", "fk", True, "fk"),
        ("foreign_key_constraint", "fk", False, "fk"),
        ("check_constraint", "ck", True, None),
    }


def test_a_table_that_is_refused_is_not_compared() -> None:
    options = DiffOptions(include_object=lambda item, name, kind, reflected, compare_to: name != "t")
    assert diff(schema(("t", Column("a", Integer))), schema(("t",)), options).is_empty()


# --- what databases report twice, or not at all --------------------------------------------------------------------


def reports_twice(name: str) -> Snapshot:
    """Return what MySQL says of ``UNIQUE (a)``: an index and a constraint of one name."""
    snapshot = database(schema(("t", Column("a", Integer)), dialect=MYSQL))
    table = replace(
        snapshot.tables[None, "t"],
        uniques=(Unique(name=name, columns=("a",), duplicates_index=True),),
        indexes=(IndexValue(name=name, terms=(IndexTerm(text="a", column="a"),), unique=True),),
    )
    return replace(snapshot, tables={(None, "t"): table})


@pytest.mark.parametrize(
    "items",
    [
        lambda: [UniqueConstraint("a", name="uq")],
        lambda: [UniqueConstraint("a")],
        lambda: [Index("uq", "a", unique=True)],
    ],
    ids=["constraint", "unnamed constraint", "index"],
)
def test_a_unique_reported_twice_is_what_the_models_call_it(items: Callable[[], list[Any]]) -> None:
    models = schema(("t", Column("a", Integer), *items()), dialect=MYSQL)
    assert diff(reports_twice("uq"), models).is_empty()


def test_a_unique_reported_twice_is_dropped_once() -> None:
    models = schema(("t", Column("a", Integer)), dialect=MYSQL)
    assert kinds(diff(reports_twice("uq"), models)) == ["drop_index t"]


def test_mysqls_index_of_a_foreign_key_is_no_index() -> None:
    models = schema(
        ("p",), ("t", Column("a", ForeignKey("p.id", name="fk", ondelete="RESTRICT"))), dialect=MYSQL
    )
    there = database(models)
    key = replace(there.tables[None, "t"].foreign_keys[0], on_delete=None)
    implied = IndexValue(name="fk", terms=(IndexTerm(text="a", column="a"),))
    table = replace(there.tables[None, "t"], indexes=(implied,), foreign_keys=(key,))
    assert diff(replace(there, tables={**there.tables, (None, "t"): table}), models).is_empty()


def test_without_knowledge_of_uniques_none_is_added_and_no_unique_index_dropped() -> None:
    there = database(schema(("t", Column("a", Integer), Index("ix", "a", unique=True))))
    table = replace(there.tables[None, "t"], reports_uniques=False)
    there = replace(there, tables={(None, "t"): table})
    assert diff(there, schema(("t", Column("a", Integer, unique=True)))).is_empty()


def test_without_knowledge_of_rules_foreign_keys_compare_by_columns() -> None:
    there = database(schema(("t", Column("a", ForeignKey("t.id")))))
    table = replace(there.tables[None, "t"], reports_rules=False)
    there = replace(there, tables={(None, "t"): table})
    assert diff(there, schema(("t", Column("a", ForeignKey("t.id", ondelete="CASCADE"))))).is_empty()


def test_comments_where_the_database_has_none() -> None:
    one = schema(("t", Column("a", Integer)), dialect=SQLITE)
    other = schema(("t", Column("a", Integer, comment="new")), dialect=SQLITE)
    assert diff(one, other).is_empty()


@pytest.mark.parametrize("named", ["first", "second", "neither"])
def test_an_unnamed_unique_is_found_by_its_columns(named: str) -> None:
    one = schema(("t", Column("a", Integer), UniqueConstraint("a", name="uq" if named == "first" else None)))
    other = schema(
        ("t", Column("a", Integer), UniqueConstraint("a", name="uq" if named == "second" else None))
    )
    assert diff(one, other).is_empty()


@pytest.mark.parametrize(
    ("type_", "check"),
    [(sa.Boolean(), "a IN (0, 1)"), (sa.Enum("x", "it's", native_enum=False), "a IN ('x', 'it''s')")],
    ids=["boolean", "enum"],
)
@pytest.mark.parametrize("name", [None, "named_by_someone"])
def test_a_check_that_a_type_once_made_unasked_is_left_alone(
    type_: Any, check: str, name: str | None
) -> None:
    there = schema(("t", Column("a", type_.copy()), sa.CheckConstraint(check, name=name)), dialect=SQLITE)
    models = schema(("t", Column("a", type_.copy())), dialect=SQLITE)
    assert diff(database(there), models).is_empty()


def test_an_unnamed_check_that_nothing_could_drop_is_only_spoken_of(caplog: pytest.LogCaptureFixture) -> None:
    there = database(schema(("t", Column("a", Integer), sa.CheckConstraint("a > 0")), dialect=SQLITE))
    with caplog.at_level(logging.INFO, "async_migrate"):
        assert diff(there, schema(("t", Column("a", Integer)), dialect=SQLITE)).is_empty()
    assert caplog.messages == ["An unnamed CHECK on t is not in the models: a > 0"]


def test_a_check_pairs_with_its_namesake_before_any_other() -> None:
    unnamed, named = sa.CheckConstraint("a > 0"), sa.CheckConstraint("a > 0", name="ck")
    there = schema(("t", Column("a", Integer), unnamed, named))
    models = schema(("t", Column("a", Integer), sa.CheckConstraint("a > 0", name="ck")))
    (drop,) = [each for table in diff(there, models).ops for each in table.ops]  # type: ignore[attr-defined]
    assert drop.constraint_name is None


def test_checks_of_types_belong_to_their_types() -> None:
    one = schema(("t", Column("a", sa.Boolean(create_constraint=True, name="is_bool"))), dialect=SQLITE)
    other = schema(("t", Column("a", sa.Boolean)), dialect=SQLITE)
    assert diff(one, other).is_empty()
    assert diff(other, one).is_empty()
