"""From a call to an operation, and from there to the executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from async_migrate import ops
from async_migrate.errors import (
    DirectiveCallError,
    DuplicateImplementationError,
    InvalidArgumentError,
    OperationError,
    UnknownDirectiveError,
)
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = sa.table("t", sa.column("a"))
COLUMN = sa.Column("a", sa.Integer)

CALLS: dict[str, tuple[Callable[[Operations], Any], type, dict[str, Any]]] = {
    "add_column": (
        lambda op: op.add_column("t", COLUMN, schema="s", if_not_exists=True, inline_references=True),
        ops.AddColumnOp,
        {
            "table_name": "t",
            "column": COLUMN,
            "schema": "s",
            "if_not_exists": True,
            "inline_references": True,
            "inline_primary_key": None,
            "kw": {},
        },
    ),
    "alter_column": (
        lambda op: op.alter_column(
            "t", "a", nullable=False, type_=sa.Text, new_column_name="b", postgresql_using="a::text"
        ),
        ops.AlterColumnOp,
        {
            "table_name": "t",
            "column_name": "a",
            "schema": None,
            "modify_nullable": False,
            "modify_type": sa.Text,
            "modify_name": "b",
            "modify_comment": False,
            "modify_server_default": False,
            "existing_type": None,
            "existing_nullable": None,
            "existing_server_default": False,
            "existing_comment": None,
            "kw": {"postgresql_using": "a::text"},
        },
    ),
    "bulk_insert": (
        lambda op: op.bulk_insert(TABLE, [{"a": 1}], multiinsert=False),
        ops.BulkInsertOp,
        {"table": TABLE, "rows": [{"a": 1}], "multiinsert": False},
    ),
    "create_check_constraint": (
        lambda op: op.create_check_constraint("c", "t", "a > 1", schema="s", deferrable=True),
        ops.CreateCheckConstraintOp,
        {
            "constraint_name": "c",
            "table_name": "t",
            "condition": "a > 1",
            "schema": "s",
            "kw": {"deferrable": True},
        },
    ),
    "create_exclude_constraint": (
        lambda op: op.create_exclude_constraint("c", "t", ("a", "="), where="a > 1", using="gist"),
        ops.CreateExcludeConstraintOp,
        {
            "constraint_name": "c",
            "table_name": "t",
            "elements": (("a", "="),),
            "where": "a > 1",
            "schema": None,
            "kw": {"using": "gist"},
        },
    ),
    "create_foreign_key": (
        lambda op: op.create_foreign_key("f", "t", "u", ["a"], ["b"], ondelete="CASCADE", source_schema="s"),
        ops.CreateForeignKeyOp,
        {
            "constraint_name": "f",
            "source_table": "t",
            "referent_table": "u",
            "local_cols": ["a"],
            "remote_cols": ["b"],
            "kw": {
                "onupdate": None,
                "ondelete": "CASCADE",
                "deferrable": None,
                "initially": None,
                "match": None,
                "source_schema": "s",
                "referent_schema": None,
            },
        },
    ),
    "create_index": (
        lambda op: op.create_index("i", "t", ["a"], unique=True, postgresql_where="a > 1"),
        ops.CreateIndexOp,
        {
            "index_name": "i",
            "table_name": "t",
            "columns": ["a"],
            "schema": None,
            "unique": True,
            "if_not_exists": None,
            "kw": {"postgresql_where": "a > 1"},
        },
    ),
    "create_primary_key": (
        lambda op: op.create_primary_key("p", "t", ["a"], schema="s"),
        ops.CreatePrimaryKeyOp,
        {"constraint_name": "p", "table_name": "t", "columns": ["a"], "schema": "s", "kw": {}},
    ),
    "create_table_comment": (
        lambda op: op.create_table_comment("t", "new", existing_comment="old", schema="s"),
        ops.CreateTableCommentOp,
        {"table_name": "t", "comment": "new", "existing_comment": "old", "schema": "s"},
    ),
    "create_unique_constraint": (
        lambda op: op.create_unique_constraint("u", "t", ["a"], initially="DEFERRED"),
        ops.CreateUniqueConstraintOp,
        {
            "constraint_name": "u",
            "table_name": "t",
            "columns": ["a"],
            "schema": None,
            "kw": {"initially": "DEFERRED"},
        },
    ),
    "drop_column": (
        lambda op: op.drop_column("t", "a", schema="s", if_exists=True, mssql_drop_check=True),
        ops.DropColumnOp,
        {
            "table_name": "t",
            "column_name": "a",
            "schema": "s",
            "if_exists": True,
            "kw": {"mssql_drop_check": True},
        },
    ),
    "drop_constraint": (
        lambda op: op.drop_constraint("c", "t", "check", schema="s", if_exists=True),
        ops.DropConstraintOp,
        {
            "constraint_name": "c",
            "table_name": "t",
            "constraint_type": "check",
            "schema": "s",
            "if_exists": True,
        },
    ),
    "drop_index": (
        lambda op: op.drop_index("i", "t", schema="s", if_exists=True, postgresql_concurrently=True),
        ops.DropIndexOp,
        {
            "index_name": "i",
            "table_name": "t",
            "schema": "s",
            "if_exists": True,
            "kw": {"postgresql_concurrently": True},
        },
    ),
    "drop_table": (
        lambda op: op.drop_table("t", schema="s", if_exists=True, comment="c"),
        ops.DropTableOp,
        {"table_name": "t", "schema": "s", "if_exists": True, "comment": "c", "table_kw": {}},
    ),
    "drop_table_comment": (
        lambda op: op.drop_table_comment("t", existing_comment="old", schema="s"),
        ops.DropTableCommentOp,
        {"table_name": "t", "existing_comment": "old", "schema": "s"},
    ),
    "execute": (
        lambda op: op.execute("SELECT 1", execution_options={"x": 1}),
        ops.ExecuteSQLOp,
        {"sqltext": "SELECT 1", "execution_options": {"x": 1}},
    ),
    "rename_table": (
        lambda op: op.rename_table("old", "new", schema="s"),
        ops.RenameTableOp,
        {"table_name": "old", "new_table_name": "new", "schema": "s"},
    ),
}


@pytest.mark.parametrize(("call", "kind", "expected"), CALLS.values(), ids=CALLS)
def test_directive_carries_out_its_operation(
    bench: Any, call: Any, kind: type, expected: dict[str, Any]
) -> None:
    assert call(bench.op) is None
    operation = bench.only
    assert type(operation) is kind
    assert {name: getattr(operation, name) for name in expected} == expected


def test_create_table_returns_the_table(make_bench: Any) -> None:
    bench = make_bench(naming_convention={"pk": "pk_%(table_name)s"})
    table = bench.op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), schema="s", comment="c")
    assert isinstance(table, sa.Table)
    assert (table.name, table.schema, table.comment, table.c.keys()) == ("t", "s", "c", ["id"])
    assert table.primary_key.name == "pk_t"
    assert isinstance(bench.only, ops.CreateTableOp)


def test_the_table_returned_has_the_foreign_keys_of_its_columns(bench: Any) -> None:
    table = bench.op.create_table("t", sa.Column("a", sa.ForeignKey("u.id")))
    assert [key.target_fullname for key in bench.only.to_table().foreign_keys] == ["u.id"]
    assert [key.target_fullname for key in table.foreign_keys] == ["u.id"]


def test_containers_are_carried_out_in_order(bench: Any) -> None:
    first, second, third = ops.ExecuteSQLOp("1"), ops.ExecuteSQLOp("2"), ops.AddColumnOp("t", COLUMN)
    bench.op.invoke(ops.UpgradeOps([first, ops.UpgradeOps([second]), ops.ModifyTableOps("t", [third])]))
    assert bench.performed == [first, second, third]


def test_what_alter_cannot_do_becomes_a_rebuild(make_bench: Any) -> None:
    bench = make_bench(rebuilds=(ops.AlterColumnOp, ops.CreateForeignKeyOp))
    table = bench.executor.tables["t"] = sa.Table("t", sa.MetaData())
    bench.op.alter_column("t", "a", nullable=True)
    bench.op.create_foreign_key("f", "t", "u", ["a"], ["b"])
    bench.op.drop_column("t", "a")
    first, second, third = bench.performed
    assert first[:2] == second[:2] == ("rebuild", table)
    assert [type(one) for one in (*first[2], *second[2])] == [ops.AlterColumnOp, ops.CreateForeignKeyOp]
    assert isinstance(third, ops.DropColumnOp)


def test_a_table_of_changes_is_rebuilt_once(make_bench: Any) -> None:
    bench = make_bench(rebuilds=(ops.AlterColumnOp,))
    bench.executor.tables["t"] = sa.Table("t", sa.MetaData())
    changes = [ops.AddColumnOp("t", COLUMN), ops.AlterColumnOp("t", "a"), ops.AlterColumnOp("t", "b")]
    bench.op.invoke(ops.ModifyTableOps("t", changes))
    assert bench.only[2] == changes


def test_offline_there_is_no_table_to_look_at(make_bench: Any) -> None:
    bench = make_bench(offline=True, rebuilds=(ops.AlterColumnOp,))
    bench.op.alter_column("t", "a", nullable=True)
    assert isinstance(bench.only, ops.AlterColumnOp)


def test_helpers(bench: Any) -> None:
    assert bench.op.get_bind() == "the bind"
    assert bench.op.get_context() is bench.op.migration_context
    name = bench.op.f("ck_x")
    assert (name, type(name).__name__) == ("ck_x", "conv")


def test_inline_literal_is_in_the_text(bench: Any) -> None:
    literal = bench.op.inline_literal("it's", sa.String())
    statement = sa.update(TABLE).values(a=literal)
    compiled = statement.compile(compile_kwargs={"render_postcompile": True})
    assert str(compiled) == "UPDATE t SET a='it''s'"


# --- wrong calls --------------------------------------------------------------------------------------------

WRONG_CALLS: dict[str, tuple[Callable[[Operations], Any], str]] = {
    "no such parameter": (
        lambda op: op.create_primary_key("p", "t", ["a"], scheme="s"),
        (
            "create_primary_key(): there is no parameter 'scheme'. Did you mean 'schema'? It takes "
            "'constraint_name', 'table_name', 'columns', 'schema', 'deferrable', 'initially', 'info'."
        ),
    ),
    "missing": (
        lambda op: op.rename_table("t"),
        (
            "rename_table(): missing a required argument: 'new_table_name'. It takes 'old_table_name', "
            "'new_table_name', 'schema'."
        ),
    ),
    "too many": (
        lambda op: op.drop_table_comment("t", "c"),
        (
            "drop_table_comment(): too many positional arguments. It takes 'table_name', 'existing_comment', "
            "'schema'."
        ),
    ),
    "option of no dialect": (
        lambda op: op.create_index("i", "t", ["a"], uniqe=True),
        (
            "create_index(): there is no parameter 'uniqe'. Did you mean 'unique'? It takes 'index_name', "
            "'table_name', 'columns', 'schema', 'unique', 'if_not_exists', 'quote', 'info'."
        ),
    ),
    "misspelt option of a dialect": (
        lambda op: op.create_unique_constraint("u", "t", ["a"], postgresql_nulls_not_distinkt=True),
        (
            "create_unique_constraint(): there is no parameter 'postgresql_nulls_not_distinkt'. It takes "
            "'constraint_name', 'table_name', 'columns', 'schema', 'deferrable', 'initially', 'info'."
        ),
    ),
    "option that the directive itself sets": (
        lambda op: op.create_check_constraint("c", "t", "a > 1", name="d"),
        (
            "create_check_constraint(): there is no parameter 'name'. It takes 'constraint_name', "
            "'table_name', 'condition', 'schema', 'deferrable', 'initially', 'info'."
        ),
    ),
    "alter_column": (
        lambda op: op.alter_column("t", "a", unique=True),
        (
            "alter_column(): there is no parameter 'unique'. It takes 'table_name', 'column_name', "
            "'nullable', 'comment', 'server_default', 'new_column_name', 'type_', 'existing_type', "
            "'existing_server_default', 'existing_nullable', 'existing_comment', 'schema', 'autoincrement', "
            "'existing_autoincrement', 'postgresql_drop_types', 'postgresql_using'."
        ),
    ),
    "a string of columns": (
        lambda op: op.create_index("i", "t", "email"),
        "create_index() cannot take columns='email': it accepts a list of columns. Write ['email'].",
    ),
    "type of constraint": (
        lambda op: op.drop_constraint("c", "t", "foreign_key"),
        (
            "drop_constraint() cannot take type_='foreign_key': it accepts 'check', 'foreignkey', 'primary', "
            "'unique' or None. Did you mean 'foreignkey'?"
        ),
    ),
    "not a type": (
        lambda op: op.alter_column("t", "a", type_="TEXT"),
        "alter_column() cannot take type_='TEXT': it accepts a SQLAlchemy type such as String(50).",
    ),
    "not a flag": (
        lambda op: op.alter_column("t", "a", nullable="no"),
        "alter_column() cannot take nullable='no': it accepts True, False or None.",
    ),
    "not a column": (
        lambda op: op.add_column("t", "a"),
        "add_column() cannot take column='a': it accepts a sqlalchemy.Column.",
    ),
    "not an item of a table": (
        lambda op: op.create_table("t", "a"),
        "create_table() cannot take columns='a': it accepts columns, constraints and indexes.",
    ),
    "not rows": (
        lambda op: op.bulk_insert(TABLE, {"a": 1}),
        "bulk_insert() cannot take rows={'a': 1}: it accepts a list of dictionaries, one for each row.",
    ),
}


@pytest.mark.parametrize(("call", "words"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_wrong_call(bench: Any, call: Any, words: str) -> None:
    with pytest.raises((DirectiveCallError, InvalidArgumentError)) as caught:
        call(bench.op)
    assert str(caught.value) == words
    assert bench.performed == []


@pytest.mark.parametrize(
    "call",
    [
        lambda op: op.create_index(
            "i", "t", ["a"], mysql_length=5, sqlite_where="a > 1", mssql_clustered=True
        ),
        lambda op: op.create_table("t", mysql_engine="InnoDB", postgresql_partition_by="RANGE (a)", info={}),
        lambda op: op.create_foreign_key(
            "f", "t", "u", ["a"], ["b"], postgresql_not_valid=True, use_alter=True
        ),
        lambda op: op.alter_column("t", "a", autoincrement=True, existing_autoincrement=False, modify_mine=1),
        lambda op: op.create_check_constraint("c", "t", "a > 1", deferrable=True),
        lambda op: op.create_primary_key(
            "p", "t", ["a"], deferrable=True, initially="DEFERRED", postgresql_include=["b"]
        ),
        lambda op: op.create_primary_key("p", "t", ["a"], mssql_clustered=False, info={}),
    ],
)
def test_options_of_every_dialect_are_accepted_on_any(bench: Any, call: Any) -> None:
    call(bench.op)
    assert len(bench.performed) == 1


def test_wrong_call_names_the_options_of_the_dialect(bench: Any) -> None:
    bench.executor.dialect = postgresql.dialect()
    with pytest.raises(DirectiveCallError) as caught:
        bench.op.create_index("i", "t", ["a"], postgresql_wher="a > 1")
    assert {"unique", "postgresql_where", "postgresql_using"} <= set(caught.value.accepted)
    assert "there is no parameter 'postgresql_wher'. Did you mean 'postgresql_where'" in str(caught.value)


def test_unknown_directive(bench: Any) -> None:
    with pytest.raises(UnknownDirectiveError) as caught:
        bench.op.create_tabel("t")
    assert str(caught.value) == (
        "op has no directive 'create_tabel'. Did you mean 'create_table', 'rename_table', "
        "'create_view'? A directive of your own is added with "
        "@Operations.register_operation('create_tabel')."
    )
    assert not hasattr(bench.op, "create_tabel")


# --- directives and implementations of one's own ------------------------------------------------------------


class CreateSequenceOp(ops.MigrateOperation):
    visit_name = "create_sequence"

    def __init__(self, name: str, *, start: int = 1) -> None:
        self.name = name
        self.start = start

    @classmethod
    def create_sequence(cls, operations: Operations, name: str, *, start: int = 1) -> Any:
        """Create a sequence."""
        return operations.invoke(cls(name, start=start))


class CreateSpecialSequenceOp(CreateSequenceOp):
    pass


@pytest.mark.usefixtures("custom_registry")
def test_directive_of_ones_own_is_there_at_once(bench: Any, registered: Any) -> None:
    registered(Operations, "create_sequence")
    Operations.register_operation("create_sequence")(CreateSequenceOp)

    @Operations.implementation_for(CreateSequenceOp)
    def create_sequence(operations: Operations, operation: CreateSequenceOp) -> str:
        operations.execute(f"CREATE SEQUENCE {operation.name} START {operation.start}")
        return operation.name

    assert bench.op.create_sequence("s", start=3) == "s"
    assert bench.only.sqltext == "CREATE SEQUENCE s START 3"
    assert bench.op.create_sequence.__doc__ == "Create a sequence."
    assert bench.op.invoke(CreateSpecialSequenceOp("t")) == "t"


def test_directive_of_ones_own_under_another_name(bench: Any, registered: Any) -> None:
    registered(Operations, "new_sequence")
    Operations.register_operation("new_sequence", "create_sequence")(CreateSequenceOp)
    bench.op.new_sequence("s")
    assert bench.only.name == "s"


@pytest.mark.usefixtures("custom_registry")
def test_nearest_implementation_wins(bench: Any) -> None:
    Operations.implementation_for(CreateSequenceOp)(lambda operations, operation: "base")
    Operations.implementation_for(CreateSpecialSequenceOp)(lambda operations, operation: "special")
    assert bench.op.invoke(CreateSpecialSequenceOp("s")) == "special"
    assert bench.op.invoke(CreateSequenceOp("s")) == "base"


@pytest.mark.usefixtures("custom_registry")
def test_implementation_may_wrap_the_built_in_one(bench: Any) -> None:
    @Operations.implementation_for(ops.CreateTableOp, replace=True)
    def create_table(operations: Operations, operation: ops.CreateTableOp) -> Any:
        operation.comment = "made here"
        table = operations.perform(operation)
        operations.execute("GRANT")
        return table

    table = bench.op.create_table("t")
    assert table.comment == "made here"
    assert [type(one) for one in bench.performed] == [ops.CreateTableOp, ops.ExecuteSQLOp]


@pytest.mark.usefixtures("custom_registry")
@pytest.mark.parametrize("kind", [ops.CreateTableOp, CreateSequenceOp])
def test_second_implementation_must_say_replace(kind: type) -> None:
    if kind is CreateSequenceOp:
        Operations.implementation_for(kind)(lambda operations, operation: None)
    with pytest.raises(DuplicateImplementationError) as caught:
        Operations.implementation_for(kind)(lambda operations, operation: None)
    assert str(caught.value) == (
        f"{kind.__name__} is implemented already. "
        "Pass replace=True to implementation_for() to take its place."
    )
    assert isinstance(caught.value, OperationError)
    Operations.implementation_for(kind, replace=True)(lambda operations, operation: None)


# --- context ------------------------------------------------------------------------------------------------


def test_context_shows_the_migration(bench: Any, make_bench: Any) -> None:
    context = bench.op.get_context()
    assert (context.as_sql, context.connection, context.bind) == (False, "the bind", "the bind")
    assert context.dialect is bench.executor.dialect
    offline = make_bench(offline=True).op.get_context()
    assert (offline.as_sql, offline.connection) == (True, None)


def test_context_leaves_transactions_off(bench: Any) -> None:
    with bench.op.get_context().autocommit_block():
        bench.op.execute("VACUUM")
    assert (bench.performed[0], bench.performed[2]) == ("autocommit", "transaction")


def test_x_arguments(bench: Any) -> None:
    context = type(bench.op.get_context())(bench.executor, x_arguments=["a=1", "b", "c=x=y"])
    assert context.get_x_argument() == ["a=1", "b", "c=x=y"]
    assert context.get_x_argument(as_dictionary=True) == {"a": "1", "b": "", "c": "x=y"}


def test_options_cannot_be_changed(bench: Any) -> None:
    context = type(bench.op.get_context())(bench.executor, options={"a": 1})
    assert context.opts["a"] == 1
    with pytest.raises(TypeError):
        context.opts["a"] = 2
