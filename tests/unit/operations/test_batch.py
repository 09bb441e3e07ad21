"""A block of changes: collected, and carried out together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from async_migrate import ops
from async_migrate.errors import DirectiveCallError, InvalidArgumentError, UnknownDirectiveError
from async_migrate.operations.batch import BatchOperations
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMN = sa.Column("a", sa.Integer)

CALLS: dict[str, tuple[Callable[[BatchOperations], Any], type, dict[str, Any]]] = {
    "add_column": (
        lambda op: op.add_column(COLUMN, insert_after="b", if_not_exists=True),
        ops.AddColumnOp,
        {"column": COLUMN, "if_not_exists": True, "insert_after": "b", "insert_before": None},
    ),
    "alter_column": (
        lambda op: op.alter_column("a", nullable=True, insert_before="b"),
        ops.AlterColumnOp,
        {"column_name": "a", "modify_nullable": True, "insert_before": "b", "insert_after": None},
    ),
    "create_check_constraint": (
        lambda op: op.create_check_constraint("c", "a > 1"),
        ops.CreateCheckConstraintOp,
        {"constraint_name": "c", "condition": "a > 1"},
    ),
    "create_exclude_constraint": (
        lambda op: op.create_exclude_constraint("c", ("a", "="), using="gist"),
        ops.CreateExcludeConstraintOp,
        {"constraint_name": "c", "elements": (("a", "="),), "kw": {"using": "gist"}},
    ),
    "create_foreign_key": (
        lambda op: op.create_foreign_key("f", "u", ["a"], ["b"], referent_schema="r", ondelete="CASCADE"),
        ops.CreateForeignKeyOp,
        {"constraint_name": "f", "referent_table": "u", "local_cols": ["a"], "remote_cols": ["b"]},
    ),
    "create_index": (
        lambda op: op.create_index("i", ["a"], unique=True, if_not_exists=True, sqlite_where="a > 1"),
        ops.CreateIndexOp,
        {"index_name": "i", "columns": ["a"], "unique": True, "if_not_exists": True},
    ),
    "create_primary_key": (
        lambda op: op.create_primary_key("p", ["a"], deferrable=True, mssql_clustered=False),
        ops.CreatePrimaryKeyOp,
        {
            "constraint_name": "p",
            "columns": ["a"],
            "kw": {"deferrable": True, "mssql_clustered": False},
        },
    ),
    "create_table_comment": (
        lambda op: op.create_table_comment("new", existing_comment="old"),
        ops.CreateTableCommentOp,
        {"comment": "new", "existing_comment": "old"},
    ),
    "create_unique_constraint": (
        lambda op: op.create_unique_constraint("u", ["a"], deferrable=True),
        ops.CreateUniqueConstraintOp,
        {"constraint_name": "u", "columns": ["a"], "kw": {"deferrable": True}},
    ),
    "drop_column": (
        lambda op: op.drop_column("a", existing_type=sa.Boolean),
        ops.DropColumnOp,
        {"column_name": "a", "kw": {"existing_type": sa.Boolean}},
    ),
    "drop_constraint": (
        lambda op: op.drop_constraint("c", "unique", if_exists=True),
        ops.DropConstraintOp,
        {"constraint_name": "c", "constraint_type": "unique", "if_exists": True},
    ),
    "drop_index": (
        lambda op: op.drop_index("i", if_exists=True),
        ops.DropIndexOp,
        {"index_name": "i", "if_exists": True},
    ),
    "drop_table_comment": (
        lambda op: op.drop_table_comment(existing_comment="old"),
        ops.DropTableCommentOp,
        {"existing_comment": "old"},
    ),
}


@pytest.mark.parametrize(("call", "kind", "expected"), CALLS.values(), ids=CALLS)
def test_directive_is_about_the_table_of_the_block(
    bench: Any, call: Any, kind: type, expected: dict[str, Any]
) -> None:
    with bench.op.batch_alter_table("t", schema="s") as batch_op:
        assert call(batch_op) is None
    operation = bench.only
    assert type(operation) is kind
    assert (operation.table_name, operation.schema) == ("t", "s")
    assert {name: getattr(operation, name) for name in expected} == expected


def test_execute_keeps_its_place(bench: Any) -> None:
    with bench.op.batch_alter_table("t") as batch_op:
        batch_op.add_column(COLUMN)
        batch_op.execute("UPDATE t SET a = 1", execution_options={"x": 1})
        batch_op.alter_column("a", nullable=False)
        assert bench.performed == []
    kinds = [type(operation) for operation in bench.performed]
    assert kinds == [ops.AddColumnOp, ops.ExecuteSQLOp, ops.AlterColumnOp]
    assert bench.performed[1].execution_options == {"x": 1}


def test_nothing_is_done_if_the_block_raises(bench: Any) -> None:
    def block() -> None:
        with bench.op.batch_alter_table("t") as batch_op:
            batch_op.add_column(COLUMN)
            raise LookupError

    with pytest.raises(LookupError):
        block()
    assert bench.performed == []


def test_nothing_is_done_if_one_of_them_cannot_be_done(make_bench: Any) -> None:
    bench = make_bench(refuses=(ops.CreateCheckConstraintOp,))

    def block() -> None:
        with bench.op.batch_alter_table("t") as batch_op:
            batch_op.add_column(COLUMN)
            batch_op.create_check_constraint("c", "a > 1")

    with pytest.raises(NotImplementedError):
        block()
    assert bench.performed == []


def test_one_rebuild_for_the_whole_block(make_bench: Any) -> None:
    bench = make_bench(rebuilds=(ops.AlterColumnOp,))
    table = bench.executor.tables["t"] = sa.Table("t", sa.MetaData())
    with bench.op.batch_alter_table("t") as batch_op:
        batch_op.add_column(COLUMN)
        batch_op.alter_column("b", nullable=True)
        batch_op.alter_column("c", nullable=True)
    word, rebuilt, operations = bench.only
    assert (word, rebuilt, len(operations)) == ("rebuild", table, 3)


def test_table_may_be_brought_along(make_bench: Any) -> None:
    bench = make_bench(offline=True)
    table = sa.Table("t", sa.MetaData())
    with bench.op.batch_alter_table("t", recreate="always", copy_from=table) as batch_op:
        batch_op.drop_column("a")
    assert bench.only[1] is table


def test_empty_block_makes_the_table_anew_only_if_told_so(make_bench: Any) -> None:
    bench = make_bench()
    bench.executor.tables["t"] = sa.Table("t", sa.MetaData())
    with bench.op.batch_alter_table("t"):
        pass
    assert bench.performed == []
    with bench.op.batch_alter_table("t", recreate="always"):
        pass
    assert bench.only[0] == "rebuild"


def test_recreate_never(make_bench: Any) -> None:
    bench = make_bench(rebuilds=(ops.AlterColumnOp,))
    with bench.op.batch_alter_table("t", recreate="never") as batch_op:
        batch_op.alter_column("a", nullable=True)
    assert isinstance(bench.only, ops.AlterColumnOp)


# --- the table as reported, and corrected -------------------------------------------------------------------


def reported() -> sa.Table:
    metadata = sa.MetaData()
    sa.Table("u", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("flag", sa.Integer),
        sa.Column("u_id", sa.Integer, sa.ForeignKey("u.id")),
        sa.UniqueConstraint("flag"),
        info={"kept": True},
    )


def rebuilt(bench: Any, **options: Any) -> sa.Table:
    bench.executor.tables["t"] = reported()
    with bench.op.batch_alter_table("t", recreate="always", **options) as batch_op:
        batch_op.drop_column("x")
    table = bench.only[1]
    assert isinstance(table, sa.Table)
    return table


def test_naming_convention_names_what_has_no_name(bench: Any) -> None:
    convention = {
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
    }
    table = rebuilt(bench, naming_convention=convention)
    names = {constraint.name for constraint in table.constraints if constraint.name}
    assert names == {"uq_t_flag", "fk_t_u"}
    assert table.info == {"kept": True}


def test_reflect_args_take_the_place_of_what_is_reported(bench: Any) -> None:
    table = rebuilt(
        bench, reflect_args=(sa.Column("flag", sa.Boolean), sa.CheckConstraint("id > 0", name="ck"))
    )
    assert table.c.keys() == ["id", "flag", "u_id"]
    assert isinstance(table.c.flag.type, sa.Boolean)
    assert "ck" in {constraint.name for constraint in table.constraints}


def test_listeners_correct_the_columns(bench: Any) -> None:
    def correct(inspector: Any, table: sa.Table, column: dict[str, Any]) -> None:
        if column["name"] == "flag":
            column["type"] = sa.Boolean()

    table = rebuilt(bench, reflect_kwargs={"listeners": [("column_reflect", correct)]})
    assert isinstance(table.c.flag.type, sa.Boolean)
    assert table.c.id.primary_key


def test_reflect_options_are_those_of_a_table(bench: Any) -> None:
    table = rebuilt(bench, reflect_kwargs={"sqlite_autoincrement": True, "comment": "c", "info": {"a": 1}})
    assert (table.kwargs["sqlite_autoincrement"], table.comment) == (True, "c")
    assert table.info == {"kept": True, "a": 1}


# --- directives of one's own, and wrong calls ---------------------------------------------------------------


class TouchOp(ops.MigrateOperation):
    visit_name = "touch"

    def __init__(self, table_name: str) -> None:
        self.table_name = table_name

    @classmethod
    def batch_touch(cls, operations: BatchOperations) -> None:
        operations.invoke(cls(operations.impl.table_name))


@pytest.mark.usefixtures("custom_registry")
def test_custom_operation_runs_in_its_place(make_bench: Any, registered: Any) -> None:
    registered(BatchOperations, "touch")
    BatchOperations.register_operation("touch", "batch_touch")(TouchOp)

    @Operations.implementation_for(TouchOp)
    def touch(operations: Operations, operation: TouchOp) -> None:
        operations.execute(operation.table_name)

    bench = make_bench(rebuilds=(ops.AlterColumnOp,))
    bench.executor.tables["t"] = sa.Table("t", sa.MetaData())
    with bench.op.batch_alter_table("t") as batch_op:
        batch_op.alter_column("a", nullable=True)
        batch_op.touch()
        batch_op.add_column(COLUMN)
    first, second, third = bench.performed
    assert first[0] == "rebuild"
    assert (second.sqltext, type(third)) == ("t", ops.AddColumnOp)


@pytest.mark.parametrize("name", ["create_table", "drop_table", "rename_table", "bulk_insert"])
def test_what_a_block_does_not_have(bench: Any, name: str) -> None:
    with bench.op.batch_alter_table("t") as batch_op:
        assert not hasattr(batch_op, name)
        with pytest.raises(UnknownDirectiveError, match=rf"batch_op has no directive '{name}'\."):
            getattr(batch_op, name)


def test_helpers_of_a_block(bench: Any) -> None:
    with bench.op.batch_alter_table("t") as batch_op:
        assert batch_op.f("x") == "x"
        assert batch_op.get_bind() == "the bind"
        assert batch_op.get_context() is bench.op.get_context()


def test_wrong_recreate(bench: Any) -> None:
    with pytest.raises(InvalidArgumentError) as caught, bench.op.batch_alter_table("t", recreate="alway"):
        pass
    assert str(caught.value) == (
        "batch_alter_table() cannot take recreate='alway': it accepts 'auto' or 'always' or 'never'. Did "
        "you mean 'always'?"
    )


def test_order_of_columns_needs_a_new_table(bench: Any) -> None:
    def block() -> None:
        with bench.op.batch_alter_table("t", partial_reordering=[("b", "a")]) as batch_op:
            batch_op.add_column(COLUMN)

    with pytest.raises(InvalidArgumentError) as caught:
        block()
    assert str(caught.value) == (
        "batch_alter_table() cannot take partial_reordering=[('b', 'a')]: it accepts it only where the "
        "table is made "
        'anew; pass recreate="always".'
    )
    assert bench.performed == []


@pytest.mark.parametrize(
    "call",
    [
        lambda op: op.drop_constraint("c", if_exist=True),
        lambda op: op.create_primary_key("p", ["a"], schema="s"),
        lambda op: op.create_index("i", ["a"], uniqe=True),
        lambda op: op.drop_column("a", if_exist=True),
        lambda op: op.create_exclude_constraint("c", ("a", "="), schema="s"),
    ],
)
def test_wrong_parameter(bench: Any, call: Any) -> None:
    refused = pytest.raises(DirectiveCallError, match="there is no parameter")
    with bench.op.batch_alter_table("t") as batch_op, refused:
        call(batch_op)
