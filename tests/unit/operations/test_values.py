"""What the operations do that Alembic's do not; the rest is in the differential tests."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from async_migrate import ops
from async_migrate.errors import (
    InvalidArgumentError,
    IrreversibleOperationError,
    UnknownConstraintError,
)
from async_migrate.operations import schema_objects

VISIT_NAMES = {
    ops.AddColumnOp: "add_column",
    ops.AlterColumnOp: "alter_column",
    ops.BatchAlterTable: "batch_alter_table",
    ops.BulkInsertOp: "bulk_insert",
    ops.CreateCheckConstraintOp: "create_check_constraint",
    ops.CreateExcludeConstraintOp: "create_exclude_constraint",
    ops.CreateForeignKeyOp: "create_foreign_key",
    ops.CreateIndexOp: "create_index",
    ops.CreatePrimaryKeyOp: "create_primary_key",
    ops.CreateTableCommentOp: "create_table_comment",
    ops.CreateTableOp: "create_table",
    ops.CreateUniqueConstraintOp: "create_unique_constraint",
    ops.DowngradeOps: "downgrade",
    ops.DropColumnOp: "drop_column",
    ops.DropConstraintOp: "drop_constraint",
    ops.DropIndexOp: "drop_index",
    ops.DropTableCommentOp: "drop_table_comment",
    ops.DropTableOp: "drop_table",
    ops.ExecuteSQLOp: "execute",
    ops.ModifyTableOps: "modify_table",
    ops.RenameTableOp: "rename_table",
    ops.UpgradeOps: "upgrade",
}


@pytest.mark.parametrize(("kind", "name"), VISIT_NAMES.items(), ids=list(VISIT_NAMES.values()))
def test_visit_name(kind: type[ops.MigrateOperation], name: str) -> None:
    assert kind.visit_name == name


def test_door_is_sorted() -> None:
    assert ops.__all__ == sorted(ops.__all__)


@pytest.mark.parametrize(
    "operation",
    [
        ops.DropConstraintOp("c", "t"),
        ops.CreateIndexOp("i", "t", ["a"]),
        ops.AddColumnOp("t", sa.Column("a")),
        ops.CreateTableCommentOp("t", "c"),
        ops.BulkInsertOp(sa.table("t"), []),
    ],
    ids=lambda operation: operation.visit_name,
)
def test_values_are_dataclasses_that_show_what_is_in_them(operation: Any) -> None:
    assert dataclasses.is_dataclass(operation)
    shown = repr(operation)
    assert shown.startswith(f"{type(operation).__name__}(")
    assert "_reverse" not in shown


def test_info_belongs_to_one_operation() -> None:
    first, second = ops.ExecuteSQLOp("a"), ops.ExecuteSQLOp("b")
    first.info["seen"] = True
    assert (first.info, second.info) == ({"seen": True}, {})


# --- reverses -----------------------------------------------------------------------------------------------


def test_reverse_of_a_table_rename() -> None:
    reverse = ops.RenameTableOp("old", "new", schema="s").reverse()
    assert (reverse.table_name, reverse.new_table_name, reverse.schema) == ("new", "old", "s")


def test_reverse_of_a_column_rename_acts_on_the_new_name() -> None:
    alteration = ops.AlterColumnOp(
        "t", "old", modify_name="new", modify_nullable=True, existing_nullable=False
    )
    reverse = alteration.reverse()
    assert (reverse.column_name, reverse.modify_name) == ("new", "old")
    assert (reverse.existing_nullable, reverse.modify_nullable) == (True, False)


def test_column_rename_is_a_change() -> None:
    assert ops.AlterColumnOp("t", "old", modify_name="new").has_changes()
    assert not ops.AlterColumnOp("t", "old", existing_nullable=True).has_changes()


def test_editing_a_drop_changes_what_its_reverse_creates() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer, unique=True), schema="s")
    (unique,) = [one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
    drop = ops.DropConstraintOp.from_constraint(unique)
    drop.constraint_name = "renamed"
    drop.table_name = "elsewhere"
    add = drop.reverse()
    assert isinstance(add, ops.CreateUniqueConstraintOp)
    assert (add.constraint_name, add.table_name, add.schema) == ("renamed", "elsewhere", "s")
    assert list(add.columns) == ["a"]
    assert table.name == "t"


def test_editing_a_foreign_key_drop_changes_its_source_table() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.ForeignKey("u.b")))
    sa.Table("u", table.metadata, sa.Column("b", sa.Integer))
    drop = ops.DropConstraintOp.from_constraint(next(iter(table.foreign_key_constraints)))
    drop.table_name, drop.schema = "moved", "s"
    add = drop.reverse()
    assert isinstance(add, ops.CreateForeignKeyOp)
    assert (add.source_table, add.table_name, add.schema, add.referent_table) == ("moved", "moved", "s", "u")


IRREVERSIBLE = {
    "drop_table": (ops.DropTableOp("account"), "drop_table of 'account'"),
    "drop_column": (ops.DropColumnOp("account", "name"), "drop_column of 'account.name'"),
    "drop_index": (ops.DropIndexOp("ix"), "drop_index of 'ix'"),
    "drop_constraint": (ops.DropConstraintOp("uq", "account"), "drop_constraint of 'uq'"),
    "execute": (ops.ExecuteSQLOp("SELECT 1"), "execute"),
    "bulk_insert": (ops.BulkInsertOp(sa.table("t"), []), "bulk_insert"),
}


@pytest.mark.parametrize(("operation", "what"), IRREVERSIBLE.values(), ids=IRREVERSIBLE)
def test_what_is_not_known_cannot_be_reversed(operation: ops.MigrateOperation, what: str) -> None:
    with pytest.raises(IrreversibleOperationError) as caught:
        operation.reverse()
    assert str(caught.value) == (
        f"{what} cannot be reversed, because it does not say what was there before. Write that step of "
        "downgrade() by hand, or make the operation from the object itself (from_table, "
        "from_column_and_tablename, from_index, from_constraint), which keeps it."
    )


def test_rename_has_no_diff_tuple() -> None:
    with pytest.raises(NotImplementedError, match="RenameTableOp has no diff tuple"):
        ops.RenameTableOp("a", "b").to_diff_tuple()


# --- constraints --------------------------------------------------------------------------------------------


def ddl(constraint: Any) -> str:
    return " ".join(str(AddConstraint(constraint).compile(dialect=postgresql.dialect())).split())


def test_primary_key_goes_by_column_names_not_keys() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("Id", sa.Integer, key="ident", primary_key=True))
    operation = ops.AddConstraintOp.from_constraint(table.primary_key)
    assert isinstance(operation, ops.CreatePrimaryKeyOp)
    assert operation.columns == ["Id"]


@pytest.mark.parametrize("included", [["plain"], ["key"], "columns"])
def test_included_columns_of_a_constraint_go_by_name(included: Any) -> None:
    owner = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("plain", sa.Integer, key="key" if included != ["plain"] else None),
    )
    columns = [owner.c.key] if included == "columns" else included
    unique = sa.UniqueConstraint("a", name="uq", postgresql_include=columns)
    owner.append_constraint(unique)
    add = ops.AddConstraintOp.from_constraint(unique)
    assert isinstance(add, ops.CreateUniqueConstraintOp)
    assert add.kw == {"postgresql_include": ["plain"]}
    expected = "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) INCLUDE (plain)"
    assert ddl(add.to_constraint()) == expected
    assert ddl(ops.DropConstraintOp.from_constraint(unique).reverse().to_constraint()) == expected


def test_included_columns_of_a_primary_key() -> None:
    constraint = ops.CreatePrimaryKeyOp("pk", "t", ["a"], postgresql_include=["b"]).to_constraint()
    assert ddl(constraint) == "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a) INCLUDE (b)"


def test_deferrable_check_stays_so() -> None:
    check = sa.CheckConstraint("a > 1", name="c", deferrable=True, initially="DEFERRED")
    sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), check)
    again = ops.AddConstraintOp.from_constraint(check).to_constraint()
    assert ddl(again) == "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1) DEFERRABLE INITIALLY DEFERRED"


def test_check_is_not_attached_to_the_table_of_the_application() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer))
    before = set(table.constraints)
    made = ops.CreateCheckConstraintOp("c", "t", table.c.a > 1).to_constraint()
    assert set(table.constraints) == before
    assert ddl(made) == "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1)"


def test_foreign_key_to_a_table_that_is_not_there() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.ForeignKey("s.u.b", name="fk")))
    operation = ops.AddConstraintOp.from_constraint(next(iter(table.foreign_key_constraints)))
    assert isinstance(operation, ops.CreateForeignKeyOp)
    target = (operation.kw["referent_schema"], operation.referent_table, operation.remote_cols)
    assert target == ("s", "u", ["b"])
    assert (
        ddl(operation.to_constraint()) == "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES s.u (b)"
    )


def test_exclude_constraint_follows_its_attributes() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("room", sa.Integer), sa.Column("during", sa.Integer))
    exclude = postgresql.ExcludeConstraint(
        (table.c.room, "="), (table.c.during, "&&"), name="x", ops={"room": "o"}, deferrable=True
    )
    table.append_constraint(exclude)
    operation = ops.AddConstraintOp.from_constraint(exclude)
    assert isinstance(operation, ops.CreateExcludeConstraintOp)
    operation.table_name = "u"
    assert ddl(operation.to_constraint()) == (
        "ALTER TABLE u ADD CONSTRAINT x EXCLUDE USING gist (room o WITH =, during WITH &&) DEFERRABLE"
    )


def test_unknown_kind_of_constraint() -> None:
    class Strange(sa.Constraint):
        __visit_name__ = "strange"

    with pytest.raises(UnknownConstraintError) as caught:
        ops.AddConstraintOp.from_constraint(Strange())
    assert str(caught.value) == (
        "No operation adds a constraint of the kind 'strange'; known are 'check_constraint', "
        "'column_check_constraint', 'exclude_constraint', 'foreign_key_constraint', "
        "'primary_key_constraint', 'table_or_column_check_constraint', 'unique_constraint'. Register one "
        "with @AddConstraintOp.register_add_constraint('strange')."
    )


@pytest.mark.parametrize("kind", ["foreignkey", "primary", "unique", "check", None])
def test_generic_constraint_carries_name_and_table(kind: str | None) -> None:
    constraint = schema_objects.generic_constraint("c", "t", kind, schema="s")
    table = schema_objects.table_of(constraint)
    assert (constraint.name, table.name, table.schema) == ("c", "t", "s")


def test_generic_constraint_of_an_unknown_kind() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        schema_objects.generic_constraint("c", "t", "uniqe")
    assert str(caught.value) == (
        "drop_constraint() cannot take type_='uniqe': it accepts 'check', 'foreignkey', 'primary', "
        "'unique' or None. Did you mean 'unique'?"
    )


# --- tables and indexes -------------------------------------------------------------------------------------


def test_table_of_fresh_columns_keeps_them() -> None:
    column = sa.Column("id", sa.Integer)
    table = ops.CreateTableOp("t", [column]).to_table()
    assert column.table is table


def column_by_hand() -> sa.Column[Any]:
    return sa.Column("a", sa.ForeignKey("u.id", name="fk", ondelete="CASCADE"), unique=True)


def foreign_keys_of(table: sa.Table) -> list[tuple[Any, ...]]:
    return [
        (constraint.name, constraint.column_keys, constraint.elements[0].target_fullname, constraint.ondelete)
        for constraint in table.foreign_key_constraints
    ]


def test_columns_written_by_hand_bring_the_same_to_every_table() -> None:
    column = column_by_hand()
    first = ops.CreateTableOp("t", [column])
    tables = [first.to_table(), first.to_table(), ops.CreateTableOp("v", [column]).to_table()]
    for table in tables:
        assert foreign_keys_of(table) == [("fk", ["a"], "u.id", "CASCADE")]
        assert len([one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]) == 1


def test_a_foreign_key_that_is_listed_is_not_made_twice() -> None:
    columns = [sa.Column("a", sa.Integer), sa.Column("b", sa.Integer)]
    constraints = [
        sa.ForeignKeyConstraint(["a"], ["u.id"], name="one"),
        sa.ForeignKeyConstraint(["a", "b"], ["v.x", "v.y"], name="two"),
    ]
    operation = ops.CreateTableOp("t", [*columns, *constraints])
    operation.to_table()
    assert sorted(str(one.name) for one in operation.to_table().foreign_key_constraints) == ["one", "two"]
    # Without the list there is nothing to tell a part of a composite key from a key of its own.
    assert foreign_keys_of(ops.CreateTableOp("w", [columns[1]]).to_table()) == []


def test_what_was_removed_from_the_list_stays_removed() -> None:
    made = ops.CreateTableOp("t", [column_by_hand()]).to_table()
    operation = ops.CreateTableOp.from_table(made)
    operation.columns = [one for one in operation.columns if not isinstance(one, sa.ForeignKeyConstraint)]
    assert foreign_keys_of(operation.to_table()) == []


def test_columns_of_the_application_come_without_its_foreign_keys() -> None:
    owner = sa.Table("o", sa.MetaData(), column_by_hand())
    assert foreign_keys_of(ops.CreateTableOp("t", [*owner.c]).to_table()) == []
    assert foreign_keys_of(owner) == [("fk", ["a"], "u.id", "CASCADE")]


def test_table_copies_what_belongs_to_another() -> None:
    other = sa.Table("o", sa.MetaData(), sa.Column("id", sa.Integer), sa.UniqueConstraint("id", name="u"))
    table = ops.CreateTableOp("t", [*other.c, *other.constraints]).to_table()
    assert other.c.id.table is other
    assert {one.name for one in table.constraints if isinstance(one, sa.UniqueConstraint)} == {"u"}


def test_table_can_be_made_again_with_its_indexes() -> None:
    index = sa.Index("ix", "a", sa.text("lower(b)"), unique=True, postgresql_where=sa.text("a > 1"))
    operation = ops.CreateTableOp("t", [sa.Column("a", sa.Integer), index])
    first, second = operation.to_table(), operation.to_table()
    made = [
        str(CreateIndex(one).compile(dialect=postgresql.dialect()))
        for table in (first, second)
        for one in table.indexes
    ]
    assert made == ["CREATE UNIQUE INDEX ix ON t (a, lower(b)) WHERE a > 1"] * 2


def test_table_stands_in_for_what_its_foreign_keys_refer_to() -> None:
    table = ops.CreateTableOp("t", [sa.Column("a", sa.Integer, sa.ForeignKey("s.u.b"))]).to_table()
    sql = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert "FOREIGN KEY(a) REFERENCES s.u (b)" in sql


def test_drop_table_leaves_the_options_it_was_given_alone() -> None:
    options = {"comment": "c", "prefixes": ["TEMPORARY"]}
    operation = ops.DropTableOp("t", table_kw=options)
    assert (operation.comment, operation.table_kw) == ("c", {})
    assert options == {"comment": "c", "prefixes": ["TEMPORARY"]}


def test_constraints_of_a_table_come_in_the_order_of_their_making() -> None:
    names = [f"c{number}" for number in range(20)]
    table = sa.Table("t", sa.MetaData(), *[sa.CheckConstraint("a > 1", name=name) for name in names])
    operation = ops.CreateTableOp.from_table(table)
    checks = [one.name for one in operation.columns if isinstance(one, sa.CheckConstraint)]
    assert checks == names


def test_included_columns_of_an_index_are_known_to_its_table() -> None:
    index = ops.CreateIndexOp("i", "t", ["a"], postgresql_include=["b"]).to_index()
    sql = str(CreateIndex(index).compile(dialect=postgresql.dialect()))
    assert sql == "CREATE INDEX i ON t (a) INCLUDE (b)"


def test_index_of_a_model_goes_by_column_names_not_keys() -> None:
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("real", sa.Text, key="key"), sa.Column("other", sa.Integer, key="k2")
    )
    index = sa.Index(
        "i",
        sa.func.lower(table.c.key).label("low"),
        table.c.key,
        postgresql_ops={"key": "x_ops", "low": "y_ops"},
        postgresql_include=["k2"],
    )
    made = ops.CreateIndexOp.from_index(index).to_index()
    sql = str(CreateIndex(made).compile(dialect=postgresql.dialect()))
    assert sql == "CREATE INDEX i ON t (lower(real) y_ops, real x_ops) INCLUDE (other)"


def test_index_without_a_table() -> None:
    with pytest.raises(InvalidArgumentError, match="it accepts an index that belongs to a table"):
        ops.CreateIndexOp.from_index(sa.Index("i", sa.text("a")))


# --- containers ---------------------------------------------------------------------------------------------


def test_script_with_one_body_and_with_several() -> None:
    script = ops.MigrationScript("1", ops.UpgradeOps(), ops.DowngradeOps(), version_path="a/b")
    assert isinstance(script.upgrade_ops, ops.UpgradeOps)
    assert script.version_path == "a/b"
    script.upgrade_ops_list.append(ops.UpgradeOps(upgrade_token="second"))
    with pytest.raises(InvalidArgumentError, match="read upgrade_ops_list where there may be several"):
        _ = script.upgrade_ops
    script.upgrade_ops = []
    assert script.upgrade_ops is None


def test_script_refuses_the_wrong_direction() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        ops.MigrationScript("1", ops.DowngradeOps(), ops.DowngradeOps())  # type: ignore[arg-type]
    assert str(caught.value) == (
        "MigrationScript() cannot take upgrade_ops=DowngradeOps(ops=[]): it accepts UpgradeOps or a list "
        "of it."
    )


def test_scripts_do_not_share_their_imports() -> None:
    first = ops.MigrationScript("1", ops.UpgradeOps(), ops.DowngradeOps())
    second = ops.MigrationScript("2", ops.UpgradeOps(), ops.DowngradeOps())
    first.imports.add("import x")
    assert second.imports == set()
